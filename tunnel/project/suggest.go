package project

import (
	"fmt"
	"strings"
)

// unknownFix says what to do about a key that is not among the known ones of its table.
func unknownFix(key string, known []string) string {
	if near := nearest(key, known); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	switch key {
	case "name", "description", "group", "hosts", "redirect_http", "idle_timeout", "max_connections", "backlog":
		return "it belongs above the first [table]"
	case "path", "exact", "to", "root", "fallback", "redirect", "strip_prefix", "connect_timeout", "read_timeout", "send_timeout", "set_headers":
		return "it belongs below a [[route]]"
	}
	return "known here: " + strings.Join(known, ", ")
}

// nearest returns the one of words that key is most likely a slip of, or "".
func nearest(key string, words []string) string {
	key = strings.ReplaceAll(strings.ToLower(key), "-", "_")
	if len(key) > 64 {
		return ""
	}
	best, least := "", max(1, len(key)/3)+1
	for _, w := range words {
		if n := distance(key, w); n < least {
			best, least = w, n
		}
	}
	return best
}

// distance returns how many bytes must be put in, taken out, replaced or swapped with their neighbour to make b of a
// (the optimal string alignment distance).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replaced := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, replaced)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
