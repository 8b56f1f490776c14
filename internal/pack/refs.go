package pack

import (
	"reflect"

	"arshjul/domain"
)

// Refs gives the texts and files that an event names by hash, each as often as it does.
func Refs(e *domain.Event) (texts []domain.TextRef, files []domain.Digest) {
	collectTexts(reflect.ValueOf(e), &texts)
	for _, d := range e.Documents {
		if d.SHA256 != "" {
			files = append(files, d.SHA256)
		}
	}
	if r := e.Record; r != nil && r.Wording != "" {
		files = append(files, r.Wording)
	}
	return texts, files
}

var textRef = reflect.TypeFor[domain.TextRef]()

// hasTexts remembers of each type whether it can hold a text: most of a launch entry, which is large, cannot.
var hasTexts = map[reflect.Type]bool{}

func init() { reaches(reflect.TypeFor[domain.Event]()) }

func reaches(t reflect.Type) bool {
	if known, found := hasTexts[t]; found {
		return known
	}
	hasTexts[t] = t == textRef // also while it is being found out: an event holds events
	found := t == textRef
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		found = reaches(t.Elem()) || t.Elem() == reflect.TypeFor[domain.Event]()
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && reaches(t.Field(i).Type) {
				found = true
			}
		}
	}
	hasTexts[t] = found
	return found
}

func collectTexts(v reflect.Value, into *[]domain.TextRef) {
	if !hasTexts[v.Type()] && v.Type() != reflect.TypeFor[*domain.Event]() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.Type() == textRef && v.Len() > 0 {
			*into = append(*into, domain.TextRef(v.String()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			collectTexts(v.Elem(), into)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collectTexts(v.Index(i), into)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				collectTexts(v.Field(i), into)
			}
		}
	}
}
