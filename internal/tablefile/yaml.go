package tablefile

import (
	"errors"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The parser needs time in the square of what it is given, and nests as deep as the file does.
const (
	maxTokens  = 30 * maxRows
	maxNesting = 4
)

// yaml reads a list of mappings from heading to plain value.
func (t *table) yaml(text string) {
	tokens := lexer.Tokenize(text)
	if len(tokens) > maxTokens || nesting(tokens) > maxNesting {
		t.fault(0, 0, "filen är mer än en lista med uppgifter. Ta bort det som inte hör dit.")
		return
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) && syntax.GetToken() != nil {
			at := syntax.GetToken().Position
			t.fault(at.Line, at.Column, "filen går inte att läsa som YAML (%s).", syntax.GetMessage())
			return
		}
		t.fault(1, 1, "filen går inte att läsa som YAML.")
		return
	}
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil {
			continue
		}
		if body != nil {
			t.faultAt(d.Body, "filen har flera dokument. Skriv en enda lista.")
			return
		}
		body = d.Body
	}
	list, ok := body.(*ast.SequenceNode)
	if !ok {
		if body == nil {
			return
		}
		t.faultAt(body, "filen ska vara en lista: en rad som börjar med streck för varje post, med %s.", t.headings())
		return
	}
	for _, item := range list.Values {
		if len(t.rows) > maxRows {
			return
		}
		t.yamlRow(item)
	}
}

// nesting is how deep the brackets of a file go, or its lists that begin on one line.
func nesting(tokens token.Tokens) (deepest int) {
	open, dashes, line := 0, 0, 0
	for _, tok := range tokens {
		if tok.Position.Line != line {
			line, dashes = tok.Position.Line, 0
		}
		switch tok.Type {
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open--
		case token.SequenceEntryType:
			dashes++
		}
		deepest = max(deepest, open, dashes)
	}
	return deepest
}

func (t *table) yamlRow(item ast.Node) {
	var pairs []*ast.MappingValueNode
	switch n := item.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		t.faultAt(item, "posten ska ha uppgifterna %s.", t.headings())
		return
	}
	start := item.GetToken().Position
	if len(pairs) > 0 {
		start = pairs[0].Key.GetToken().Position
	}
	cells, set := make([]string, len(t.columns)), make([]bool, len(t.columns))
	for _, p := range pairs {
		heading := p.Key.GetToken().Value
		at := t.column(heading)
		if at < 0 {
			t.faultAt(p.Key, "uppgiften %q finns inte. De som finns är %s.", cut(heading), t.headings())
			continue
		}
		if set[at] {
			t.faultAt(p.Key, "uppgiften %q står två gånger. Ta bort den ena.", cut(heading))
		}
		set[at] = true
		switch v := p.Value.(type) {
		case *ast.NullNode:
		case *ast.LiteralNode:
			cells[at] = v.Value.Value
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
			cells[at] = v.GetToken().Value // as it is written: § 07 stays 07
		default:
			t.faultAt(p.Value, "%s ska vara en text. Skriv den inom citattecken om den innehåller skiljetecken.", t.columns[at].Heading)
		}
	}
	t.add(start.Line, cells, func(int) (int, int) { return start.Line, start.Column })
}

func (t *table) faultAt(n ast.Node, format string, args ...any) {
	at := n.GetToken().Position
	t.fault(at.Line, at.Column, format, args...)
}
