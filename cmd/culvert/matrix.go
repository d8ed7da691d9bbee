package main

import (
	"bytes"
	"io"
	"strings"

	"culvert/certs/trust"
	"culvert/certs/trust/proof"
	"culvert/cmd/internal/app"
)

// matrix is what is known of the stores: a row for each, a column for each question that was asked of it.
type matrix struct {
	columns []string
	rows    []matrixRow
}

type matrixRow struct {
	store string
	where string
	cells []cell
}

// cell is an answer. why says what is behind one that is not good, and what to do about it.
type cell struct {
	word string
	why  string
}

// foundAndTrusted is the matrix of results: whether each store is there, and whether it trusts the CA.
func foundAndTrusted(results []trust.Result) matrix {
	m := matrix{columns: []string{"FOUND", "TRUSTED"}}
	for _, r := range results {
		m.rows = append(m.rows, matrixRow{r.Store.Name(), r.Store.Where(), cellsOf(r.Status)})
	}
	return m
}

func cellsOf(s trust.Status) []cell {
	why := s.Reason
	if s.Fix != "" {
		why += " (" + s.Fix + ")"
	}
	switch s.State {
	case trust.Absent:
		return []cell{{"no", why}, {"-", ""}}
	case trust.Trusted:
		return []cell{{"yes", ""}, {"yes", why}}
	case trust.NotTrusted:
		return []cell{{"yes", ""}, {"no", why}}
	default:
		return []cell{{"yes", ""}, {s.State.String(), why}}
	}
}

// prove adds a column: which programs accepted a certificate, and which did not. Programs that are told of the CA by
// variables get a row of their own.
func (m *matrix) prove(proofs []proof.Proof) {
	m.columns = append(m.columns, "PROVEN")
	for i, r := range m.rows {
		m.rows[i].cells = append(r.cells, provenBy(proofsOf(proofs, r.store)))
	}
	if more := proofsOf(proofs, proof.Environment); len(more) > 0 {
		m.rows = append(m.rows, matrixRow{proof.Environment, "culvert env, culvert exec", []cell{{"-", ""}, {"-", ""}, provenBy(more)}})
	}
}

// provenBy is the cell of what programs made of their handshakes.
func provenBy(proofs []proof.Proof) cell {
	var proven, others []string
	for _, p := range proofs {
		name := strings.TrimSpace(p.Program + " " + p.Version)
		if p.State == proof.Proven {
			proven = append(proven, name)
			continue
		}
		why := name + " " + string(p.State) + ": " + p.Reason
		if p.Fix != "" {
			why += " (" + p.Fix + ")"
		}
		others = append(others, why)
	}
	c := cell{"-", strings.Join(others, "\n")}
	if len(proven) > 0 {
		c.word = strings.Join(proven, ", ")
	}
	return c
}

// print writes the matrix, and below each row what is behind its cells.
func (m matrix) print(out io.Writer) error {
	table := [][]string{append(append([]string{"STORE"}, m.columns...), "WHERE")}
	for _, r := range m.rows {
		row := []string{r.store}
		for _, c := range r.cells {
			row = append(row, c.word)
		}
		table = append(table, append(row, r.where))
	}
	var text bytes.Buffer
	if err := printTable(&text, table); err != nil {
		return err
	}
	var lines []string
	for i, line := range strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n") {
		lines = append(lines, line)
		if i == 0 {
			continue
		}
		for _, c := range m.rows[i-1].cells {
			for why := range strings.Lines(c.why) {
				lines = append(lines, "  "+app.Printable(strings.TrimSuffix(why, "\n")))
			}
		}
	}
	_, err := io.WriteString(out, strings.Join(lines, "\n")+"\n")
	return err
}
