package wheelfile

import (
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
)

// walk shows every member of a JSON value with the path to it.
func walk(v any, path string, see func(path, key string, value any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			see(path, key, value)
			walk(value, path+"/"+key, see)
		}
	case []any:
		for _, value := range v {
			walk(value, path, see)
		}
	}
}

// Every keyword of the schemas has a Swedish sentence, and every pattern its explanation: an official never reads the
// validator's English.
func TestEveryKeywordOfTheSchemasIsExplained(t *testing.T) {
	// $ref, description and the like judge nothing; the others are told by tell and sentence.
	explained := []string{"$schema", "$defs", "$ref", "title", "description", "properties", "items",
		"additionalProperties", "required", "type", "enum", "const", "pattern", "maxLength", "minItems", "maxItems", "minimum", "maximum"}
	for _, fm := range []form{wheelForm(), organisationForm(), municipalitiesForm()} {
		used := map[string]bool{}
		walk(fm.doc, "", func(path, key string, value any) {
			if strings.HasSuffix(path, "/properties") || strings.HasSuffix(path, "/$defs") {
				return // a name, no keyword
			}
			used[key] = true
			if pattern, ok := value.(string); ok && key == "pattern" {
				if !slices.ContainsFunc(patterns, func(p struct{ pattern, text string }) bool { return p.pattern == pattern }) {
					t.Errorf("%s: the pattern %s has no explanation", path, pattern)
				}
			}
		})
		for key := range used {
			if !slices.Contains(explained, key) {
				t.Errorf("the keyword %q has no sentence", key)
			}
		}
		if !used["pattern"] || !used["required"] {
			t.Error("the walk saw no keywords")
		}
	}
}

// The words of the files are those of the domain, with å, ä and ö.
func TestTheWordsOfTheSchemasAreTheDomains(t *testing.T) {
	doc := func(fm form, path string) []string {
		var words []string
		walk(fm.doc, "", func(at, key string, value any) {
			if key == "enum" && at == path {
				for _, w := range value.([]any) {
					words = append(words, w.(string))
				}
			}
		})
		return words
	}
	for _, c := range []struct {
		form form
		path string
		want []string
	}{
		{wheelForm(), "/$defs/steg/properties/slag", texts(domain.Acts)},
		{wheelForm(), "/$defs/steg/properties/skede", texts(domain.Stages)},
		{wheelForm(), "/$defs/steg/properties/för", texts([]domain.Scope{domain.ScopeCity, domain.ScopeBoard, domain.ScopeAdministration, domain.ScopeCompany})},
		{organisationForm(), "/$defs/enhetsrad/properties/slag", texts(domain.UnitKinds)},
		{organisationForm(), "/$defs/sammanträden/properties/status", texts([]domain.MeetingStatus{domain.MeetingProposed, domain.MeetingConfirmed, domain.MeetingCancelled})},
	} {
		words := doc(c.form, c.path)
		for i := range words {
			words[i] = plain(words[i])
		}
		slices.Sort(words)
		slices.Sort(c.want)
		if !slices.Equal(words, c.want) {
			t.Errorf("%s: the schema has %v, the domain %v", c.path, words, c.want)
		}
	}
	for _, w := range doc(wheelForm(), "/$defs/roll/properties/finns i") {
		if seats[w] == "" {
			t.Errorf("no seat is called %q", w)
		}
	}
	for _, w := range doc(wheelForm(), "/$defs/behov/properties/vid") {
		if statusOf(w) == "" {
			t.Errorf("no status is called %q", w)
		}
	}
	// Each slot word of the file is the one that domain.RequiredSlots means.
	all := map[string]bool{}
	for _, act := range domain.Acts {
		for _, kind := range domain.UnitKinds {
			for _, name := range domain.RequiredSlots(act, kind) {
				all[name] = true
			}
		}
	}
	for _, s := range slots {
		if !all[s.name] {
			t.Errorf("the domain never asks for the slot %q", s.name)
		}
		delete(all, s.name)
	}
	if len(all) > 0 {
		t.Errorf("the file has no word for the slots %v", all)
	}
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
