package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// engine are the files whose sentences the window shows.
var engine = []string{
	"tunnel/project/*.go", "tunnel/compose/ending.go", "tunnel/capture/*.go", "tunnel/doctor/*.go", "cmd/internal/app/*.go",
	"tunnel/*.go", "tunnel/frame/decoder.go", "tunnel/frame/run.go",
	"certs/files.go", "certs/pkcs8.go", "certs/server.go", "certs/serverjks.go", "certs/serverp12.go", "certs/serverpem.go", "certs/minter.go", "certs/named.go", "certs/names.go", "certs/ownnames.go", "certs/renew.go",
	"certs/trust/*.go", "certs/trust/browser/*.go", "certs/trust/proof/*.go", "certs/hosts/*.go",
	"certs/runtimes/bundle.go", "certs/runtimes/runtimes.go",
	"tunnel/project/nginx/*.go", "cmd/culvert-tray/imported.go",
}

// reasonTables are the variables whose keys are sentences.
var reasonTables = []string{"needless", "uncarried", "guards", "handlers"}

// untold are sentences that need no translation, with an x or a 7 for what varies.
var untold = []string{
	"not a slice of the data slice",  // for developers
	"this is not an HTTP request: x", // for the client alone
	// Of the tunnel to itself: another reason is told in their place.
	"the client was told", "no bytes yet", "not a socket", "no upstream answered", "this upstream does not serve", "the password is wrong",
	// The window has texts of its own for these.
	"the connection ended without a Close frame", "closed by the other end, without a code", "closed by the other end: 7",
	`closed by the other end: 7 "x"`,
	// Headers as they were sent.
	"Location: x", "WWW-Authenticate: x", "Strict-Transport-Security: x",
	// What these can be is below.
	"A x", "x is x",
	// Of the verb that root runs, whose arguments nobody writes.
	`"x" has no value`, "there is nothing to do", "--ca goes with --add and --remove", `--ca "x": not an absolute path`, `"x": no such flag`,
	`"x": not STORE@FINGERPRINT`, `"x": the fingerprint is not 64 hexadecimal digits`, "this takes root (culvert trust asks for it)",
	// Of the receipt, which the command line alone tells of.
	"receipt: x (make its folder writable; what trusts the CA is not remembered)",
	"receipt: x (make it readable; what trusts the CA is not remembered)",
	"receipt x is damaged, and stays so: x (what trusts the CA is not remembered)",
	"receipt x was damaged: x (it is now x; stores that are found to trust the CA are remembered anew)",
	"store 7: x", "store 7: the certificate is not the one with its fingerprint", "store 7 has no name or no place",
	// Another reason is told in their place; and what another library panics with.
	"it is too long", "it has no ASCII form", "truststore: x",
	// Of the command line, or from before there is a window.
	"CULVERT_HOME: x (set it to an absolute path)", "home folder: HOME is not set (set HOME, or CULVERT_HOME)",
	"the app with pid 7 does not answer at x (try again, or end it)", "locked by another process", "lock: x",
	"lock x: x (does the file system support locks?)",
	"written by a newer culvert, version 7 of the format (use that one, or move the file away to start with no projects)",
	"more follows after its end", "version is 7, not 7", "project 7 has no name", "project x is there twice",
	"project x needs a file", "damaged: x (correct it, or move it away to start with no projects; it was not changed)",
}

// further are the sentences of the system and of Go's library, and what others are composed of.
var further = []string{
	"x; and 7 more", "x; and 7 more (culvert check shows all)", "x; it is served as it was before",
	"open x: x", "openat x: x", "statat x: x", "read x: x", "write x: x", "dial tcp x: x", "dial unix x: x", "lookup x: x", "connect: x", "no such host",
	"no such file or directory", "permission denied", "is a directory", "not a directory", "path escapes from parent", "no space left on device", "read-only file system",
	"connection refused", "connection reset by peer", "broken pipe", "network is unreachable", "no route to host", "i/o timeout",
	"context deadline exceeded", "context canceled", "EOF", "unexpected EOF",
	"404 Not Found: x", "x or x", "the backend at x: x", "x: another program has changed the file meanwhile",
	"trusted", "not trusted", "cannot", "not there", "the x snap", "the flatpak x", "the built-in demo",
	"not trusted: x", "cannot: x", "damaged, x", "listen tcp x: x", "bind: x", "mkdir x: x", "rename x x: x", "remove x: x", "file already exists",
	"address already in use", "tls: failed to verify certificate: x", "x509: certificate signed by unknown authority",
	"first record does not look like a TLS handshake", "unsupported SSLv2 handshake received", "oversized record received with length 7",
	"no cipher suite supported by both client and server; client offered: x", "client requested unsupported application protocols (x)",
	"x509: certificate has expired or is not yet valid: x", "x509: certificate is valid for x, not x",
	// Of the parser of nginx configurations.
	"unexpected token x (x)", "unexpected end of file while scanning quoted string", "unexpected end of file while scanning lua code",
	"x must have a block", "http directive must have a block", "server directive must have a block", "missing upstream block",
	"upstream directive requires a name parameter", "no enough parameter for location", "too many arguments for location directive",
	"include directive requires exactly 1 parameter, got 7", "include directive cannot have a block; missing semicolon?",
	"A client", "A program with x", "a program", "7 times, last at 15:04:05: x", "once, at 15:04:05: x", "GET x, answered with 7 x: x",
	"with Origin x it answers 7 x, with x 7", "with Origin x it answers 7 x, without one 7", "with Origin x it answers 7 x, with x 7, without one 7",
}

// told are the functions that are given sentences: by name, with a dot that of a method or of another package, before
// the dot what it is called on if others are called the same, the indexes of those arguments.
var told = map[string][]int{
	".Errorf": {0}, ".New": {0}, "NewParserError": {1}, ".report": {2, 3}, ".fail": {1, 2}, "refuse": {2}, ".refuse": {1},
	".violate": {3},
	".edit":    {0}, ".switchOn": {0}, ".unfinished": {0}, ".unanswered": {0}, ".uncovered": {1}, ".otherSpeech": {2, 3}, ".noFolder": {1}, ".finding": {1, 2}, "clockBehind": {1},
	"nameError": {1, 2}, ".unfit": {1}, ".late": {0}, "unless": {1},
	".locked": {1}, "decline": {1}, "lateError": {0}, ".onlyKey": {2}, ".convert": {0},
	"notes.add": {2}, "b.add": {2}, ".shut": {1}, ".close": {2}, ".uncarried": {2}, "fail": {2, 3},
}

// tell are the functions whose last result is a sentence.
var tell = []string{
	"example", "unknownFix", "kind.String", "syntax", "certutilPackage", "denied", "switchedOff", "noRoute", "broken", "misdirected", "where",
	"What", "Who", "trust", "Where", "flaw", "issuerFlaw", "reason", "sentenceBegin", "foreignProtocol", "foreignExtension", "offer", "count", "times",
	"askedFor", "Error", "anew", "Instead", "needless", "whyDistrusted", "tried", "lacking", "answer", "unclearPath", "why",
	"readTarget", "mapped", "before", "mistake",
}

// carry are functions that stand in place of a sentence and say nothing of their own.
var carry = []string{
	"Sprintf", "String", "OneLine", "safe", "string", "Join", "Clone", "ReplaceAll", "ReplaceAllLiteralString", "TrimPrefix", "TrimSpace",
	"ToValidUTF8", "LastWords", "path", "fix", "files", "Leads", "unanswered", "misanswered",
	"fault", "withoutPlace", "refused", "refusedTop", "refusedPath", "refusedTail", "refusedCORS", "Map", "Replace",
	// What variables of those names hold elsewhere.
	"make", "append", "Load", "down", "expired", "browsers", "Elem", "Contains", "ContainsFunc", "MapForLookup", "WithCaseExactAliases",
}

// names are the variables and fields that hold sentences.
var names = []string{
	"Reason", "Fix", "Detail", "Err", "To", "What", "Why", "Evidence", "why", "what", "fix", "evidence", "detail", "seen", "side", "who",
	"forget",
	"differs",
}

// A saying is a sentence in a source, with an x or a 7 for what varies.
type saying struct {
	at   token.Position
	text string
}

// sayings returns the sentences of files.
func sayings(t *testing.T, globs ...string) (list []saying) {
	t.Helper()
	set := token.NewFileSet()
	for _, glob := range globs {
		files, err := filepath.Glob(glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", glob, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(set, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range f.Decls {
				for _, e := range expressions(decl) {
					if text, fixed := sample(e); says(fixed) {
						list = append(list, saying{set.Position(e.Pos()), strings.TrimPrefix(text, clause)})
					}
					if name, ok := overlooked(e); ok {
						t.Errorf("%v: what %s tells is not looked at", set.Position(e.Pos()), name)
					}
				}
			}
		}
	}
	return list
}

// expressions returns the expressions of a declaration that are sentences.
func expressions(decl ast.Decl) (list []ast.Expr) {
	called := ""
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		called = decl.Name.Name
		if called == "String" {
			called = spelled(decl.Recv.List[0].Type) + "." + called
		}
	case *ast.GenDecl:
		if spec, ok := decl.Specs[0].(*ast.ValueSpec); ok {
			called = spec.Names[0].Name
		}
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := spelled(n.Fun)
			dot := max(strings.LastIndexByte(name, '.'), 0)
			owned := name[strings.LastIndexByte(name[:dot], '.')+1:]
			name = name[dot:]
			if name == "append" && strings.HasSuffix(spelled(n.Args[0]), ".notes") {
				list = append(list, n.Args[1])
			}
			indexes := told[name]
			if indexes == nil {
				indexes = told[owned]
			}
			for _, i := range indexes {
				if i < len(n.Args) {
					list = append(list, n.Args[i])
				}
			}
		case *ast.CompositeLit:
			kind := spelled(n.Type)
			switch {
			case kind == "fault":
				list = append(list, n.Elts...)
			case kind == "Problem" && len(n.Elts) == 6:
				list = append(list, n.Elts[4:]...)
			case n.Type == nil && (called == "syntax" && len(n.Elts) == 2 || called == "checks" && len(n.Elts) == 4):
				list = append(list, n.Elts[1])
			}
		case *ast.KeyValueExpr:
			switch {
			case slices.Contains(names, spelled(n.Key)):
				list = append(list, n.Value)
			case slices.Contains(reasonTables, called):
				list = append(list, n.Key)
			case called == "habits":
				list = append(list, prefixed(`"x is "`, n.Value))
			}
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				name := spelled(to)
				name = name[strings.LastIndexByte(name, '.')+1:]
				if !slices.Contains(names, name) || len(n.Lhs) != len(n.Rhs) {
					continue
				}
				e := n.Rhs[i]
				text, fixed := sample(e)
				if n.Tok == token.ADD_ASSIGN && !strings.HasPrefix(text, clause) && says(fixed) {
					e = prefixed(`"x"`, e)
				}
				list = append(list, e)
			}
		case *ast.ReturnStmt:
			if !slices.Contains(tell, called) || len(n.Results) == 0 {
				break
			}
			e := n.Results[len(n.Results)-1]
			if called == "example" {
				e = prefixed(`"write "`, e)
			}
			list = append(list, e)
		}
		return true
	})
	return list
}

// overlooked reports whether an expression in place of a sentence is a call of a function of which nothing is known.
func overlooked(e ast.Expr) (name string, is bool) {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return "", false
	}
	name = spelled(call.Fun)
	name = name[strings.LastIndexByte(name, '.')+1:]
	return name, !slices.Contains(tell, name) && !slices.Contains(carry, name)
}

// says reports whether there are words in what is fixed of a text.
func says(fixed string) bool { return strings.IndexFunc(fixed, unicode.IsLetter) >= 0 }

// prefixed is a text before an expression.
func prefixed(text string, e ast.Expr) ast.Expr {
	return &ast.BinaryExpr{X: &ast.BasicLit{ValuePos: e.Pos(), Kind: token.STRING, Value: text}, Op: token.ADD, Y: e}
}

var verb = regexp.MustCompile(`%[-+# 0]*(?:\[\d+\])?\d*(?:\.\d+)?[a-zA-Z%]`)

// sample returns what an expression is, with an x or a 7 for what is only known when it runs, and what is fixed of it.
func sample(e ast.Expr) (text, fixed string) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, ok := literal(e); ok {
			return fillVerbs(text, nil), verb.ReplaceAllString(text, "")
		}
	case *ast.ParenExpr:
		return sample(e.X)
	case *ast.BinaryExpr:
		x, a := sample(e.X)
		y, b := sample(e.Y)
		return x + y, a + b
	case *ast.Ident: // a constant of the same function
		if e.Obj != nil && e.Obj.Kind == ast.Con {
			if spec, ok := e.Obj.Decl.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
				if text, fixed := sample(spec.Values[0]); fixed != "" {
					return text, fixed
				}
			}
		}
	case *ast.CallExpr:
		switch spelled(e.Fun) {
		case "fmt.Sprintf":
			if text, ok := literals(e.Args[0]); ok {
				return fillVerbs(text, e.Args[1:]), verb.ReplaceAllString(text, "")
			}
		case "hs.where":
			return "the backend at x", ""
		case "example":
			return "x = x", ""
		case "p.askedFor": // a clause of its own
			return "", ""
		case "stamp", "m.clock", "p.machine.clock":
			return "15:04:05", ""
		case "m.times", "p.machine.times":
			return "once, at 15:04:05", ""
		}
		if method, ok := e.Fun.(*ast.SelectorExpr); ok && method.Sel.Name == "Format" {
			return "2006-01-02", ""
		}
	}
	return "x", ""
}

// literals returns a text that stands in the source in one or several parts.
func literals(e ast.Expr) (string, bool) {
	sum, ok := e.(*ast.BinaryExpr)
	if !ok {
		return literal(e)
	}
	x, ok := literals(sum.X)
	y, and := literals(sum.Y)
	return x + y, ok && and
}

// fillVerbs puts samples into a format, of its arguments where they are given.
func fillVerbs(format string, args []ast.Expr) string {
	n := -1
	return verb.ReplaceAllStringFunc(format, func(v string) string {
		if n++; v == "%s" && n < len(args) {
			text, _ := sample(args[n])
			return text
		}
		switch v[len(v)-1] {
		case 'q':
			return `"x"`
		case 'd', 'o', 'X':
			return "7"
		case 'U':
			return "'x'"
		case 's', 'v', 'w', 'T':
			return "x"
		case '%':
			return "%"
		}
		return v
	})
}

// parserSayings are those of the TOML parser, which problems of a project file hold.
func parserSayings(t *testing.T) []saying {
	t.Helper()
	// A test that was built with -trimpath does not know where its modules are.
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/pelletier/go-toml/v2/unstable").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return sayings(t, filepath.Join(strings.TrimSpace(string(dir)), "parser.go"))
}

func allSayings(t *testing.T) []saying {
	t.Helper()
	var globs []string
	for _, glob := range engine {
		globs = append(globs, filepath.Join("..", "..", filepath.FromSlash(glob)))
	}
	return slices.Concat(sayings(t, globs...), parserSayings(t))
}

func chinese(t *testing.T) *sentences {
	t.Helper()
	if err := use(Chinese); err != nil {
		t.Fatal(err)
	}
	return spoken.Load().sentences()
}

// keys returns the keys of the translation of a text, of each of its clauses where it has some, of what and of its fix
// where both are known.
func keys(s *sentences, text string) (list []string) {
	if _, ok := s.clauses(text, 0); ok {
		for part := range strings.SplitSeq(text, clause) {
			list = append(list, keys(s, part)...)
		}
		return list
	}
	if body, ok := strings.CutSuffix(text, ")"); ok { // "what (fix)"
		for at := range len(body) {
			if strings.HasPrefix(body[at:], " (") && s.knows(body[:at]) && s.knows(body[at+2:]) {
				return append(keys(s, body[:at]), keys(s, body[at+2:])...)
			}
		}
	}
	if _, ok := s.whole[text]; ok {
		return []string{text}
	}
	if p, _ := s.find(text); p != nil {
		return []string{p.key}
	}
	return nil
}

func TestEverySentenceOfTheEngineHasATranslation(t *testing.T) {
	s := chinese(t)
	need := map[string]bool{} // whether an exception is needed
	for _, text := range untold {
		need[text] = false
	}
	all := allSayings(t)
	for _, said := range all {
		if _, ok := need[said.text]; ok {
			need[said.text] = true
			continue
		}
		if len(keys(s, said.text)) == 0 {
			t.Errorf("%v: no translation of %q", said.at, said.text)
		}
	}
	for text, needed := range need {
		if !needed {
			t.Errorf("nothing says %q any more", text)
		}
	}
	t.Logf("%d sentences, %d of them without a translation", len(all), len(untold))
}

// asIs are the words in a row that a translation has as they are: commands, settings, what can be asked for.
var asIs = regexp.MustCompile(`请运行：.*|--store firefox-policies|keytool -.+PKCS12|openssl pkcs8|netsh .+=tcp|timeout client|` +
	`frame open.+heartbeat|text binary.+data|dir op.+until`)

// A sentence of which a more general one is known as well must not be taken for that, nor when it stands in another.
func TestNothingOfASentenceStaysInEnglish(t *testing.T) {
	chinese(t)
	for _, said := range allSayings(t) {
		if slices.Contains(untold, said.text) {
			continue
		}
		befores := []string{"", "project web: ", "certificate file /a/b.pem: "}
		if strings.Contains(filepath.ToSlash(said.at.Filename), "/project/nginx/") { // notes of an import stand alone
			befores = befores[:1]
		}
		for _, before := range befores {
			is := Sentence(before + said.text)
			if english.MatchString(verbatim.ReplaceAllString(asIs.ReplaceAllString(is, ""), "")) {
				t.Errorf("%v: %q is %q", said.at, before+said.text, is)
			}
		}
	}
}

func TestEveryTranslationIsOfASentenceOfTheEngine(t *testing.T) {
	s := chinese(t)
	texts := slices.Clone(further)
	for _, said := range allSayings(t) {
		texts = append(texts, said.text)
	}
	used := map[string]bool{}
	for _, text := range texts {
		for _, key := range keys(s, text) {
			used[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.texts)) {
		if !used[key] {
			t.Errorf("nothing says %q", key)
		}
	}
}

func TestTranslationsOfSentencesFit(t *testing.T) {
	s := chinese(t)
	holes := func(text string) (list []string) {
		for _, m := range gap.FindAllStringSubmatch(text, -1) {
			list = append(list, m[3])
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	for key, is := range s.texts {
		if g, w := holes(is), holes(key); !slices.Equal(g, w) {
			t.Errorf("%q has the gaps %v in the translation %q", key, g, is)
		}
		checkChinese(t, key, gap.ReplaceAllString(is, "${1}x$4"))
		checkEnglish(t, key, map[string]string{"": strings.ReplaceAll(key, `"…"`, "")})
	}
}
