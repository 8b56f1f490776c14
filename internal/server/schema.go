package server

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"arshjul/domain"
)

// schema is a JSON Schema in the form that OpenAPI 3.1 uses.
type schema map[string]any

// schemas collects the components of the description: one for each struct that travels.
type schemas struct {
	named map[string]schema
	types map[string]reflect.Type
}

var (
	instantType = reflect.TypeFor[domain.Instant]()
	dateType    = reflect.TypeFor[domain.Date]()
	digestType  = reflect.TypeFor[domain.Digest]()
	kindType    = reflect.TypeFor[domain.CommandKind]()
	statusType  = reflect.TypeFor[domain.Status]()
	outcomeType = reflect.TypeFor[domain.Outcome]()
	rawType     = reflect.TypeFor[json.RawMessage]()
)

// of gives the schema of a type; structs become components and are referred to.
func (c *schemas) of(t reflect.Type) schema {
	switch t {
	case instantType:
		return schema{"type": "string", "format": "date-time"}
	case dateType:
		return schema{"type": "string", "format": "date"}
	case digestType:
		return schema{"type": "string", "pattern": "^[0-9a-f]{64}$"}
	case kindType:
		return schema{"type": "string", "enum": personKinds()}
	case statusType:
		words := make([]string, len(domain.Statuses))
		for i, s := range domain.Statuses {
			words[i] = string(s.Status)
		}
		return schema{"type": "string", "enum": words}
	case outcomeType:
		return schema{"type": "string", "enum": []domain.Outcome{domain.OutcomeApproved, domain.OutcomeRejected,
			domain.OutcomeReturned, domain.OutcomeTabled, domain.OutcomePartly, domain.OutcomeNoQuorum}}
	case rawType:
		return schema{"type": "object"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return c.of(t.Elem())
	case reflect.Slice:
		return schema{"type": "array", "items": c.of(t.Elem())}
	case reflect.String:
		return schema{"type": "string"}
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return schema{"type": "integer"}
	case reflect.Uint64:
		return schema{"type": "integer", "minimum": 0}
	case reflect.Struct:
		return c.component(t)
	}
	panic("server: no schema for " + t.String())
}

func (c *schemas) component(t reflect.Type) schema {
	name := t.Name()
	if known, ok := c.types[name]; ok && known != t {
		panic(fmt.Sprintf("server: %s and %s would have the same name in the API's description", known, t))
	} else if !ok {
		c.types[name] = t
		properties, required := schema{}, []string{}
		c.members(t, properties, &required)
		object := schema{"type": "object", "properties": properties, "additionalProperties": false}
		if len(required) > 0 {
			object["required"] = required
		}
		c.named[name] = object
	}
	return schema{"$ref": "#/components/schemas/" + name}
}

// members adds the members of a struct, those of the structs embedded in it among them.
func (c *schemas) members(t reflect.Type, properties schema, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			c.members(f.Type, properties, required)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		member := c.of(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			member["description"] = doc
		}
		if words := f.Tag.Get("enum"); words != "" {
			member["enum"] = strings.Split(words, ",")
		}
		properties[name] = member
		if !strings.Contains(options, "omitempty") {
			*required = append(*required, name)
		}
	}
}
