package wheelfile

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The limits of a file. They are far above any real one, and bound the time and memory that reading takes: the parser
// needs time in the square of a mapping's keys.
const (
	maxBytes  = 1 << 20
	maxTokens = 30_000
	maxDepth  = 12
)

// node is a value of the file and where it stands: a mapping, a list, or a scalar (string, int64 or bool).
type node struct {
	pos     pos // of a mapping: its first key
	scalar  any
	entries []entry
	items   []*node
	mapping bool
}

type entry struct {
	key    string
	keyPos pos
	value  *node
}

// any gives the value as JSON has it.
func (n *node) any() any {
	switch {
	case n.mapping:
		m := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			m[e.key] = e.value.any()
		}
		return m
	case n.scalar != nil:
		return n.scalar
	}
	list := make([]any, len(n.items))
	for i, item := range n.items {
		list[i] = item.any()
	}
	return list
}

// at gives the place of the value that a path of keys (string) and list indexes (int) leads to, or of the last value
// on the way that exists.
func (n *node) at(path ...any) pos {
	for _, step := range path {
		next := n.child(step)
		if next == nil {
			break
		}
		n = next
	}
	return n.pos
}

// word gives the text at the end of a path, as the file has it.
func (n *node) word(path ...any) string {
	for _, step := range path {
		if n = n.child(step); n == nil {
			return ""
		}
	}
	s, _ := n.scalar.(string)
	return s
}

func (n *node) child(step any) *node {
	switch step := step.(type) {
	case string:
		if e := n.entry(step); e != nil {
			return e.value
		}
	case int:
		if step < len(n.items) {
			return n.items[step]
		}
	}
	return nil
}

func (n *node) entry(key string) *entry {
	for i := range n.entries {
		if n.entries[i].key == key {
			return &n.entries[i]
		}
	}
	return nil
}

// readTree reads YAML, or as much of YAML as such a file needs: mappings with text as keys, lists, text, whole numbers,
// true and false. Anchors, aliases, tags and the like are refused before anything is built from them.
func readTree(f *faults, data []byte) *node {
	text := checkText(f, data)
	if f.list != nil {
		return nil
	}
	tokens := lexer.Tokenize(text)
	checkTokens(f, tokens)
	if f.list != nil {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	var syntax *yaml.SyntaxError
	switch {
	case errors.As(err, &syntax):
		f.add(place(syntax.Token), "%s", syntaxText(syntax.Message))
		return nil
	case err != nil:
		f.add(pos{1, 1}, "filen går inte att läsa som YAML (%v).", err)
		return nil
	case len(file.Docs) > 1:
		f.add(place(file.Docs[1].Start), "filen har flera delar. Ta bort raden med tre streck; en fil är ett dokument.")
		return nil
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		f.add(pos{1, 1}, "filen är tom. Utgå från %s och ändra i den.", f.model())
		return nil
	}
	root := build(f, file.Docs[0].Body, 1)
	if f.list != nil {
		return nil
	}
	return root
}

// checkText refuses what is too large, not UTF-8, or has characters that nobody sees.
func checkText(f *faults, data []byte) string {
	if len(data) > maxBytes {
		f.add(pos{}, "filen är %d kB, och gränsen är %d kB. Ta bort det som inte hör dit.", len(data)>>10, maxBytes>>10)
		return ""
	}
	// Within quotation marks the lexer would count a Windows line end as two lines.
	text := strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
	p := pos{1, 1}
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			f.add(p, "filen är inte sparad som UTF-8. Spara om den med teckenkodningen UTF-8.")
			return ""
		case hidden(r) && r != '\n' && r != '\t':
			f.add(p, "här står ett osynligt tecken (U+%04X). Ta bort det.", r)
			return ""
		}
		p.column++
		if r == '\n' {
			p = pos{p.line + 1, 1}
		}
	}
	return text
}

func hidden(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff'
}

// checkTokens refuses the parts of YAML that the file does not need and that can make it grow or nest without end.
func checkTokens(f *faults, tokens token.Tokens) {
	if len(tokens) > maxTokens {
		f.add(pos{}, "filen har fler uppgifter än vad ett årshjul behöver. Ta bort det som inte hör dit.")
		return
	}
	flow, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, dashes = t.Position.Line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			f.add(place(t), "& och * går inte att använda för att återanvända text. Skriv ut den, eller sätt texten inom citattecken.")
			return
		case token.TagType:
			f.add(place(t), "märken med utropstecken går inte att använda. Ta bort det, eller sätt texten inom citattecken.")
			return
		case token.DirectiveType, token.DocumentEndType, token.MappingKeyType:
			f.add(place(t), "%s går inte att använda i början av en rad. Ta bort raden.", quote(t.Value))
			return
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.SequenceEntryType:
			dashes++
		}
		if flow > maxDepth || dashes > maxDepth {
			tooDeep(f, place(t))
			return
		}
	}
}

func tooDeep(f *faults, p pos) {
	f.add(p, "här ligger listor och uppgifter inuti varandra i fler än %d nivåer. Kontrollera indrag och parenteser.", maxDepth)
}

func place(t *token.Token) pos {
	if t == nil || t.Position == nil {
		return pos{1, 1}
	}
	return pos{t.Position.Line, t.Position.Column}
}

// wholeNumber is how a number is written; other ways (0x1F, 0114, 1.5) are read differently by different programs.
var wholeNumber = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,8})$`)

func build(f *faults, n ast.Node, depth int) *node {
	at := place(n.GetToken())
	if depth > maxDepth {
		tooDeep(f, at)
		return &node{pos: at, scalar: ""}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return buildMapping(f, at, n.Values, depth)
	case *ast.MappingValueNode:
		return buildMapping(f, at, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		list := &node{pos: at}
		for _, v := range n.Values {
			list.items = append(list.items, build(f, v, depth+1))
		}
		return list
	case *ast.StringNode:
		return text(f, at, n.Value)
	case *ast.LiteralNode:
		return text(f, at, n.Value.Value)
	case *ast.BoolNode:
		return &node{pos: at, scalar: n.Value}
	case *ast.IntegerNode:
		if wholeNumber.MatchString(n.Token.Value) {
			i, _ := strconv.ParseInt(n.Token.Value, 10, 64) // nine digits fit
			return &node{pos: at, scalar: i}
		}
	case *ast.NullNode:
		f.add(at, "här saknas ett värde. Fyll i det, eller ta bort raden.")
		return &node{pos: at, scalar: ""}
	}
	f.add(at, "%s läses olika av olika program. Är det text, sätt den inom citattecken.", quote(n.GetToken().Value))
	return &node{pos: at, scalar: ""}
}

func text(f *faults, at pos, s string) *node {
	for _, r := range s {
		if hidden(r) && r != '\n' {
			f.add(at, "texten innehåller ett osynligt tecken (U+%04X). Ta bort det.", r)
			break
		}
	}
	return &node{pos: at, scalar: s}
}

func buildMapping(f *faults, at pos, values []*ast.MappingValueNode, depth int) *node {
	m := &node{pos: at, mapping: true}
	seen := make(map[string]pos, len(values))
	for i, v := range values {
		p := place(v.Key.GetToken())
		if i == 0 {
			m.pos = p
		}
		key, ok := v.Key.(*ast.StringNode)
		if !ok {
			f.add(p, "%s kan inte vara namnet på en uppgift. Skriv ett av de namn som finns.", quote(v.Key.GetToken().Value))
			continue
		}
		if first, twice := seen[key.Value]; twice {
			f.add(p, "%s står två gånger, första gången på rad %d. Ta bort den ena.", quote(key.Value), first.line)
			continue
		}
		seen[key.Value] = p
		value := build(f, v.Value, depth+1)
		m.entries = append(m.entries, entry{key.Value, p, value})
	}
	return m
}
