package api_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// Every refusal that package domain names must have its HTTP status and exit code, and the table no others.
func TestEveryRefusalHasARow(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../../domain/refusal.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	named := map[domain.Code]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); !ok || typ.Name != "Code" {
			return true
		}
		for _, v := range spec.Values {
			if lit, ok := v.(*ast.BasicLit); ok {
				code, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				named[domain.Code(code)] = true
			}
		}
		return true
	})
	if len(named) < 40 {
		t.Fatalf("found only %d codes in domain/refusal.go: has the file moved?", len(named))
	}
	rows := map[domain.Code]bool{}
	for _, r := range api.Codes {
		if rows[r.Code] {
			t.Errorf("%s has two rows", r.Code)
		}
		rows[r.Code] = true
		if !named[r.Code] {
			t.Errorf("%s has a row but is no code of package domain", r.Code)
		}
		if r.HTTP < 400 || r.HTTP > 599 || r.Exit < api.ExitUsage || r.Exit > api.ExitUnknown {
			t.Errorf("%s: HTTP %d, exit %d", r.Code, r.HTTP, r.Exit)
		}
	}
	for code := range named {
		if !rows[code] {
			t.Errorf("%s has no HTTP status", code)
		}
	}
}
