package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Digest is a SHA-256 in lower-case hex, or "" for none.
type Digest string

// DigestOf hashes bytes.
func DigestOf(b []byte) Digest {
	sum := sha256.Sum256(b)
	return Digest(hex.EncodeToString(sum[:]))
}

// Valid tells whether d is 64 lower-case hex digits.
func (d Digest) Valid() bool {
	if len(d) != 64 {
		return false
	}
	return strings.IndexFunc(string(d), func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }) < 0
}

// Canonical writes a value of this package as canonical JSON: what RFC 8785 gives for it, with zero members left out.
// So a member that is added later leaves the bytes of everything already written as they were. The log's leaves, a
// command's body hash and the digest of a run are all hashes of these bytes; test vectors in testdata/canonical fix them.
//
// Only structs, slices, pointers, strings, integers and booleans occur in this package's data; anything else panics.
func Canonical(v any) []byte {
	return appendCanonical(make([]byte, 0, 512), reflect.ValueOf(v))
}

func appendCanonical(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Pointer:
		return appendCanonical(b, v.Elem())
	case reflect.String:
		return appendString(b, v.String())
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int, reflect.Int64:
		if v.Type() == instantType {
			return appendString(b, Instant(v.Int()).String())
		}
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Uint64:
		return strconv.AppendUint(b, v.Uint(), 10)
	case reflect.Slice:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonical(b, v.Index(i))
		}
		return append(b, ']')
	case reflect.Struct:
		return appendStruct(b, v)
	}
	panic("domain: no canonical form for " + v.Type().String())
}

var instantType = reflect.TypeOf(Instant(0))

// member is a member of a struct as it is written.
type member struct {
	field int
	name  string // "" = it has none, and may not have a value
	text  string // the name in quotes, and a colon
}

// membersOf gives the members of a struct in the order in which they are written.
func membersOf(t reflect.Type) []member {
	members := make([]member, 0, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() { // derived.go
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		members = append(members, member{i, name, string(appendString(nil, name)) + ":"})
	}
	// Every name is ASCII, so byte order is the UTF-16 order that RFC 8785 asks for.
	slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return members
}

// knownMembers holds the members of every struct that an event, a command or a state can hold: asked for anew each time, they
// took most of the time that writing takes. It never changes.
var knownMembers = collectMembers(map[reflect.Type][]member{}, reflect.TypeFor[Event](), reflect.TypeFor[Command](), reflect.TypeFor[State]())

func collectMembers(all map[reflect.Type][]member, types ...reflect.Type) map[reflect.Type][]member {
	for _, t := range types {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || all[t] != nil {
			continue
		}
		all[t] = membersOf(t)
		for _, m := range all[t] {
			collectMembers(all, t.Field(m.field).Type)
		}
	}
	return all
}

func appendStruct(b []byte, v reflect.Value) []byte {
	members := knownMembers[v.Type()]
	if members == nil {
		members = membersOf(v.Type())
	}
	b = append(b, '{')
	first := true
	for i := range members {
		m := &members[i]
		f := v.Field(m.field)
		if f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0 {
			continue
		}
		if m.name == "" {
			panic("domain: " + v.Type().Name() + "." + v.Type().Field(m.field).Name + " has no JSON name")
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(b, m.text...)
		b = appendCanonical(b, f)
	}
	return append(b, '}')
}

const hexDigits = "0123456789abcdef"

// appendString escapes what RFC 8785 escapes and nothing else. Text that is not UTF-8 never gets here: commands with
// such text are refused.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\b':
			b = append(b, '\\', 'b')
		case c == '\t':
			b = append(b, '\\', 't')
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\f':
			b = append(b, '\\', 'f')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
