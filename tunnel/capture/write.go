package capture

import (
	"bufio"
	"context"
	"fmt"
	"io"
)

// WriteText writes the rows that match q as [Log.AppendText] shows them, a line for each, with all of their payload. Rows
// that go while it writes are missing.
func (l *Log) WriteText(ctx context.Context, w io.Writer, q *Query) error {
	return l.writeLines(ctx, w, q, "text", func(dst []byte, r *Row) []byte { return l.AppendText(dst, r, -1) })
}

// WriteNDJSON writes the rows that match q as JSON, one object on each line, as [JSONHelp] describes it, with all of their
// payload. Rows that go while it writes are missing.
func (l *Log) WriteNDJSON(ctx context.Context, w io.Writer, q *Query, project string) error {
	return l.writeLines(ctx, w, q, "NDJSON", func(dst []byte, r *Row) []byte { return l.AppendJSON(dst, r, project, -1) })
}

// writeLines writes one line for each row that matches q.
func (l *Log) writeLines(ctx context.Context, w io.Writer, q *Query, form string, line func([]byte, *Row) []byte) error {
	out := bufio.NewWriterSize(w, 64<<10)
	var buf []byte
	err := l.each(ctx, q, func(r *Row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		buf = append(line(buf[:0], r), '\n')
		_, err := out.Write(buf)
		if cap(buf) > 1<<20 {
			buf = nil
		}
		return err
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("export %s: %w", form, err)
	}
	return nil
}
