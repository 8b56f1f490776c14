package boundary

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// impure are the functions of packages that domain may import which it must not use all the same, as PACKAGE.NAME.
var impure = regexp.MustCompile(`^(` +
	`time\.(Now|Since|Until|Sleep|After|AfterFunc|Tick|NewTimer|NewTicker|Local|LoadLocation)|` +
	`fmt\.(Print|Fprint|Scan|Fscan).*|` +
	`reflect\.(MapRange|MapKeys|Select|ChanOf|Seq|Seq2)` +
	`)$`)

// impurities returns a sentence for each place where the files, which make up one package, read the clock, do I/O, start
// a goroutine or depend on the order of a map.
func impurities(fset *token.FileSet, imports types.Importer, files []*ast.File) ([]string, error) {
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: imports}
	if _, err := conf.Check(files[0].Name.Name, fset, files, info); err != nil {
		return nil, err
	}
	var found []string
	at := func(n ast.Node, what string) {
		found = append(found, fmt.Sprintf("%s: %s", fset.Position(n.Pos()), what))
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				at(n, "starts a goroutine")
			case *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
				at(n, "uses a channel")
			case *ast.RangeStmt:
				if _, isMap := info.TypeOf(n.X).Underlying().(*types.Map); isMap {
					at(n, "ranges over a map, whose order differs from run to run: sort its keys in a slice, or keep a slice")
				}
			case *ast.Ident:
				if o := info.Uses[n]; o != nil && o.Pkg() != nil && impure.MatchString(o.Pkg().Path()+"."+o.Name()) {
					// A method of the same name, such as time.Time's After, is another thing; reflect's are meant.
					if f, ok := o.(*types.Func); !ok || f.Signature().Recv() == nil || o.Pkg().Path() == "reflect" {
						at(n, "uses "+o.Pkg().Path()+"."+o.Name())
					}
				}
			}
			return true
		})
	}
	return found, nil
}

func TestDomainSource(t *testing.T) {
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "source", nil)
	seen := 0
	for _, p := range list(t) {
		if !within(p.ImportPath, "domain") {
			continue
		}
		seen++
		var files []*ast.File
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		found, err := impurities(fset, imports, files)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range found {
			t.Error(s)
		}
	}
	if seen == 0 {
		t.Fatal("go list does not know domain: this test looks in the wrong place")
	}
}

func TestDomainSourceCanFail(t *testing.T) {
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "source", nil)
	for _, c := range []struct{ body, want string }{
		{`for range map[string]int{} {}`, "ranges over a map"},
		{`type m map[string]int; for range (m{}) {}`, "ranges over a map"},
		{`for range []int{} {}`, ""},
		{`go func() {}()`, "starts a goroutine"},
		{`_ = make(chan int)`, "uses a channel"},
		{`_ = time.Now()`, "uses time.Now"},
		{`f := time.Now; _ = f`, "uses time.Now"},
		{`_ = time.Local`, "uses time.Local"},
		{`_, _ = time.LoadLocation("Europe/Stockholm")`, "uses time.LoadLocation"},
		{`_ = time.Time{}.After(time.Time{})`, ""},
		{`fmt.Println()`, "uses fmt.Println"},
		{`_ = fmt.Sprint()`, ""},
		{`reflect.ValueOf(1).MapRange()`, "uses reflect.MapRange"},
	} {
		source := "package planted\nimport (\"fmt\"; \"reflect\"; \"time\")\n" +
			"var _, _, _ = fmt.Sprint, reflect.TypeOf, time.UTC\nfunc _() { " + c.body + " }\n"
		f, err := parser.ParseFile(fset, "planted.go", source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("%s: %v", c.body, err)
		}
		found, err := impurities(fset, imports, []*ast.File{f})
		if err != nil {
			t.Fatalf("%s: %v", c.body, err)
		}
		got := strings.Join(found, "\n")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: found %q, want %q", c.body, got, c.want)
		}
	}
}
