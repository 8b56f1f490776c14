package wheelfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	neturl "net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"arshjul/domain/wheels"
)

// form is the JSON Schema of one kind of file.
type form struct {
	compiled *jsonschema.Schema
	doc      any
}

var (
	wheelForm        = sync.OnceValue(func() form { return compile("urn:arshjul:wheel", wheels.WheelSchema) })
	organisationForm = sync.OnceValue(func() form { return compile("urn:arshjul:organisation", wheels.OrganisationSchema) })
)

// compile panics when an embedded schema is broken, which a test of this package finds.
func compile(url string, schema []byte) form {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		panic("wheelfile: " + url + ": " + err.Error())
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(url, doc); err != nil {
		panic("wheelfile: " + url + ": " + err.Error())
	}
	return form{c.MustCompile(url), doc}
}

// decode checks the tree against the form and, when it holds, reads it into v.
func (fm form) decode(f *faults, root *node, v any) error {
	value := root.any()
	var invalid *jsonschema.ValidationError
	if err := fm.compiled.Validate(value); errors.As(err, &invalid) {
		fm.tell(f, root, invalid)
		return f.err()
	} else if err != nil {
		return fmt.Errorf("%s: %w", f.file, err)
	}
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("%s: %w", f.file, err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%s: the schema allows what the program cannot read: %w", f.file, err)
	}
	return nil
}

// tell adds a fault for each leaf of a validation error.
func (fm form) tell(f *faults, root *node, e *jsonschema.ValidationError) {
	for _, cause := range e.Causes {
		fm.tell(f, root, cause)
	}
	if len(e.Causes) > 0 {
		return
	}
	n := root
	for _, step := range e.InstanceLocation {
		key := any(step)
		if !n.mapping {
			i, err := strconv.Atoi(step)
			if err != nil {
				break
			}
			key = i
		}
		if n = n.child(key); n == nil {
			f.add(root.pos, "%v", e.ErrorKind)
			return
		}
	}
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		known := fm.properties(e.SchemaURL)
		for _, name := range k.Properties[:min(len(k.Properties), maxErrors+1)] {
			f.add(n.entry(name).keyPos, "uppgiften %s finns inte här. %s", quote(name), choose(name, known))
		}
	case *kind.Required:
		for _, name := range k.Missing {
			f.add(n.pos, "uppgiften %q saknas här. Lägg till en rad med den.", name)
		}
	default:
		f.add(n.pos, "%s", sentence(e.ErrorKind, n, f.model()))
	}
}

// sentence says in Swedish what is wrong with one value. schema_test.go has a row for each keyword of the schemas.
func sentence(k jsonschema.ErrorKind, n *node, model string) string {
	switch k := k.(type) {
	case *kind.Type:
		return wrongType(k, n, model)
	case *kind.Enum:
		return fmt.Sprintf("%s går inte att använda här. %s", quote(fmt.Sprint(k.Got)), choose(fmt.Sprint(k.Got), k.Want))
	case *kind.Const:
		return fmt.Sprintf("här kan bara stå %v. Ändra till det, eller ta bort raden.", k.Want)
	case *kind.Pattern:
		for _, p := range patterns {
			if p.pattern == k.Want {
				return fmt.Sprintf("%s går inte att använda här. %s", quote(k.Got), p.text)
			}
		}
	case *kind.MaxLength:
		return fmt.Sprintf("texten är %d tecken, och gränsen är %d. Korta den.", k.Got, k.Want)
	case *kind.MinItems:
		return "listan är tom. Lägg till minst en rad, eller ta bort uppgiften."
	case *kind.MaxItems:
		return fmt.Sprintf("listan har %d rader, och gränsen är %d. Ta bort rader.", k.Got, k.Want)
	case *kind.Minimum:
		return fmt.Sprintf("talet är för litet. Skriv ett tal från %s och uppåt.", k.Want.RatString())
	case *kind.Maximum:
		return fmt.Sprintf("talet är för stort. Skriv högst %s.", k.Want.RatString())
	}
	return fmt.Sprintf("värdet har fel form (%T). Jämför med %s.", k, model)
}

var typeWords = map[string]string{"string": "text", "integer": "ett heltal", "boolean": "true eller false", "array": "en lista",
	"object": "en grupp av uppgifter"}

func wrongType(k *kind.Type, n *node, model string) string {
	words := make([]string, len(k.Want))
	for i, w := range k.Want {
		words[i] = typeWords[w]
	}
	want := strings.Join(words, " eller ")
	if n.scalar != nil && slices.Contains(k.Want, "string") {
		return fmt.Sprintf("här ska stå text, men det läses som ett tal eller ja och nej. Sätt citattecken om: \"%v\".", n.scalar)
	}
	if n.scalar != nil {
		return fmt.Sprintf("här ska stå %s, inte %s. Ändra det.", want, quote(fmt.Sprint(n.scalar)))
	}
	return fmt.Sprintf("här ska stå %s. Jämför med samma uppgift i %s.", want, model)
}

// patterns explains the patterns of the schemas.
var patterns = []struct{ pattern, text string }{
	{`^[a-z][a-z0-9-]{0,59}$`, "Skriv ett kort namn med små bokstäver a–z, siffror och bindestreck, till exempel ks-forslag."},
	{`^[A-Z][A-Z0-9]{0,9}$`, "Skriv enhetens korta namn med stora bokstäver A–Z och siffror, till exempel KS."},
	{`^[0-9]{4}$`, "Skriv kommunkodens fyra siffror inom citattecken, till exempel \"1283\"."},
	{`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, "Skriv år, månad och dag så här: 2027-02-10."},
	{`^[UALP]( \+ [UALP]){0,3}$`, "Skriv U (står i källan), A (följer av den), L (lag) eller P (praxis), eller flera med plus mellan: U + L."},
	{`^https?://[^\s/?#@]+/?$`, "Skriv adressen som webbläsare når kommunens sidor på, utan något efter: https://arshjul.exempel.se."},
	{`^\S(.*\S)?$`, "Skriv en text på en rad, utan mellanslag först och sist."},
}

// properties lists the properties that the schema at a URL allows.
func (fm form) properties(url string) []any {
	_, pointer, _ := strings.Cut(url, "#")
	doc := fm.doc
	for _, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		if step, err := neturl.PathUnescape(step); err == nil && step != "" {
			m, _ := doc.(map[string]any)
			doc = m[step]
		}
	}
	m, _ := doc.(map[string]any)
	m, _ = m["properties"].(map[string]any)
	var names []any
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	return names
}

// choose says what could stand instead: the likeliest, or all there are.
func choose(got string, known []any) string {
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = fmt.Sprint(k)
	}
	return suggest(got, words)
}
