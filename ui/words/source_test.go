package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// computed are the beginnings of keys whose rest is no literal in the source: numbers, names of fields of another package.
var computed = []string{"frames.code.", "frames.rule.", "editor.key.", "editor.help."}

// A source is the code of one package of ui, without its tests.
type source struct {
	files    []*ast.File
	literals map[string]token.Position // every string in it, but those of names that begin with store
	wrappers map[string]string         // functions that look up what begins so: name → beginning of the key
}

func sources(t *testing.T) (*token.FileSet, map[string]*source) {
	t.Helper()
	set, found := token.NewFileSet(), map[string]*source{}
	err := filepath.WalkDir("..", func(name string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		s := found[filepath.Dir(name)]
		if s == nil {
			s = &source{literals: map[string]token.Position{}, wrappers: map[string]string{"words.T": "", "words.N": ""}}
			found[filepath.Dir(name)] = s
		}
		s.files = append(s.files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range found {
		s.read(set)
	}
	return set, found
}

func (s *source) read(set *token.FileSet) {
	s.each(func(n ast.Node) {
		if text, ok := literal(n); ok {
			s.literals[text] = set.Position(n.Pos())
		}
	})
	s.each(func(n ast.Node) { // names of what is remembered look like keys
		if d, ok := n.(*ast.ValueSpec); ok && len(d.Values) == 1 && strings.HasPrefix(d.Names[0].Name, "store") {
			text, _ := literal(d.Values[0])
			delete(s.literals, text)
		}
	})
	for before := -1; before < len(s.wrappers); { // a wrapper may call another that is found later
		before = len(s.wrappers)
		s.each(s.findWrapper)
	}
}

func (s *source) each(visit func(ast.Node)) {
	for _, f := range s.files {
		ast.Inspect(f, func(n ast.Node) bool { visit(n); return true })
	}
}

// findWrapper notes functions such as func word(key string) string { return words.T("inspector." + key) }.
func (s *source) findWrapper(n ast.Node) {
	var name string
	var kind *ast.FuncType
	var body *ast.BlockStmt
	switch n := n.(type) {
	case *ast.FuncDecl:
		name, kind, body = n.Name.Name, n.Type, n.Body
	case *ast.AssignStmt:
		f, ok := n.Rhs[0].(*ast.FuncLit)
		if !ok {
			return
		}
		name, kind, body = spelled(n.Lhs[0]), f.Type, f.Body
	}
	if body == nil || len(kind.Params.List) == 0 || len(kind.Params.List[0].Names) == 0 {
		return
	}
	first := kind.Params.List[0].Names[0].Name
	ast.Inspect(body, func(n ast.Node) bool {
		if beginning, rest, ok := s.lookup(n); ok && spelled(rest) == first {
			s.wrappers[name] = beginning
		}
		return true
	})
}

// lookup splits the key that a call looks up in what it certainly begins with and what is only known when it runs; rest
// is nil where all of the key is known.
func (s *source) lookup(n ast.Node) (beginning string, rest ast.Expr, ok bool) {
	call, isCall := n.(*ast.CallExpr)
	if !isCall || len(call.Args) == 0 {
		return "", nil, false
	}
	beginning, ok = s.wrappers[spelled(call.Fun)]
	if !ok {
		return "", nil, false
	}
	known, rest := split(call.Args[0])
	return beginning + known, rest, true
}

// split returns the string that an expression begins with, and what follows.
func split(e ast.Expr) (known string, rest ast.Expr) {
	if text, ok := literal(e); ok {
		return text, nil
	}
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		known, rest := split(sum.X)
		if rest != nil {
			return known, rest
		}
		more, rest := split(sum.Y)
		return known + more, rest
	}
	return "", e
}

func literal(n ast.Node) (string, bool) {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

// spelled returns a name as it stands in the source: "word", "words.T"; "" for anything else.
func spelled(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return strings.TrimPrefix(spelled(e.X)+"."+e.Sel.Name, ".")
	}
	return ""
}

func TestEveryKeyInTheSourceHasATextAndEveryTextAKey(t *testing.T) {
	texts := map[string]bool{} // → whether it is used
	files := pairs(t)
	for _, pair := range files {
		for key := range pair[0] {
			texts[key] = false
		}
	}
	all := slices.Sorted(maps.Keys(texts))
	names := strings.Join(slices.Collect(maps.Keys(files)), "|")
	isKey := regexp.MustCompile(`^(` + names + `)(\.\w+)+\.?$`)
	set, found := sources(t)
	for _, s := range found {
		s.each(func(n ast.Node) {
			beginning, rest, ok := s.lookup(n)
			if !ok {
				return
			}
			if _, exists := texts[beginning]; rest == nil && !exists {
				t.Errorf("%v: there is no text %q", set.Position(n.Pos()), beginning)
			}
			matched := rest == nil || beginning == "" // a variable: the keys it may have are literals, see below
			for _, key := range all {
				end, ok := strings.CutPrefix(key, beginning)
				if !ok || beginning == "" {
					continue
				}
				_, spelled := s.literals[end]
				matched = true
				texts[key] = texts[key] || end == "" || rest != nil && (spelled || slices.Contains(computed, beginning))
			}
			if !matched {
				t.Errorf("%v: there is no text that begins with %q", set.Position(n.Pos()), beginning)
			}
		})
		for text, at := range s.literals {
			if !isKey.MatchString(text) {
				continue
			}
			there := false
			for _, key := range all {
				end, ok := strings.CutPrefix(key, text)
				if _, spelled := s.literals[end]; ok && (end == "" || spelled && strings.HasSuffix(text, ".")) {
					there, texts[key] = true, true
				}
			}
			if !there && !slices.Contains(computed, text) {
				t.Errorf("%v: there is no text %q", at, text)
			}
		}
	}
	for _, key := range all {
		if !texts[key] {
			t.Errorf("nothing shows %q", key)
		}
	}
}

func TestEveryGapIsFilled(t *testing.T) {
	texts := map[string]any{}
	for _, pair := range pairs(t) {
		maps.Copy(texts, pair[0])
	}
	set, found := sources(t)
	for _, s := range found {
		s.each(func(n ast.Node) {
			key, rest, ok := s.lookup(n)
			if !ok || rest != nil {
				return
			}
			call := n.(*ast.CallExpr)
			data, given := call.Args[1:], []string{}
			if spelled(call.Fun) == "words.N" {
				data, given = call.Args[2:], append(given, "{{.n}}")
			}
			for i := 0; i < len(data); i += 2 {
				name, _ := literal(data[i])
				given = append(given, "{{."+name+"}}")
			}
			forms, _ := forms(texts[key])
			for _, gap := range gaps(forms["other"]) {
				if !slices.Contains(given, gap) {
					t.Errorf("%v: nothing is given for %s of %q", set.Position(n.Pos()), gap, key)
				}
			}
		})
	}
}

// shows matches the functions and methods whose strings the user reads, fields the fields.
var (
	shows = regexp.MustCompile(`^(look\.New\w+|widget\.New\w+|canvas\.NewText|dialog\.\w+|fyne\.New(Menu|MenuItem|Notification)` +
		`|(\w+\.)+(SetText|SetPlaceHolder|SetTitle|SetProblem|SetHint|SetTip|Set|Append|SetSubTitle))$`)
	fields = regexp.MustCompile(`^(Word|Text|Title|Label|EmptyText|PlaceHolder|Placeholder|Tip|Heading|Note|Hint)$`)
)

func TestNoTextOfTheUserStandsInTheSource(t *testing.T) {
	set, found := sources(t)
	for _, s := range found {
		s.each(func(n ast.Node) {
			var read []ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				if name := spelled(n.Fun); shows.MatchString(name) && !strings.HasSuffix(name, "Store.Set") {
					read = n.Args
				}
			case *ast.KeyValueExpr:
				if fields.MatchString(spelled(n.Key)) {
					read = []ast.Expr{n.Value}
				}
			case *ast.AssignStmt:
				if at, ok := n.Lhs[0].(*ast.SelectorExpr); ok && fields.MatchString(at.Sel.Name) {
					read = n.Rhs
				}
			}
			for _, e := range read {
				for _, text := range said(e) {
					t.Errorf("%v: %q belongs into a file of assets/translations", set.Position(e.Pos()), text)
				}
			}
		})
	}
}

func TestErrorsAreShownInTheLanguageOfTheUser(t *testing.T) {
	set, found := sources(t)
	for dir, s := range found {
		if filepath.Base(dir) == "look" { // it has no errors that a user could see
			continue
		}
		for _, f := range s.files {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch name := spelled(call.Fun); {
				case name == "words.Sentence", name == "panic":
					return false
				case strings.HasSuffix(name, ".Error") && len(call.Args) == 0:
					t.Errorf("%v: the error is not given to words.Sentence", set.Position(n.Pos()))
				}
				return true
			})
		}
	}
}

// said returns the literals with letters in an expression, but not in what it calls or defines.
func said(e ast.Expr) (list []string) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return strings.HasPrefix(spelled(n.Fun), "fmt.S") || strings.HasPrefix(spelled(n.Fun), "strings.")
		case *ast.FuncLit, *ast.CompositeLit, *ast.IndexExpr:
			return false
		}
		if text, ok := literal(n); ok && strings.IndexFunc(text, unicode.IsLetter) >= 0 {
			list = append(list, text)
		}
		return true
	})
	return list
}
