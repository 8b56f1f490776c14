package server

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// mentioned gives whom a comment names: those whose name or id stands after an @ in its text, and those it lists besides.
// A name that is nobody's is refused, so that nobody believes that somebody has been told.
//
// A comment that is sent again names whom it named, although people may be called something else since.
func (s *Server) mentioned(ctx context.Context, stream string, in *api.Command) ([]domain.PersonID, error) {
	all := slices.Clone(in.Mentions)
	if strings.Contains(in.Text, "@") {
		r, found, err := s.Store.Receipt(ctx, stream, in.ID)
		if err != nil {
			return nil, err
		}
		if found {
			entries, err := s.Store.Entries(ctx, stream, r.First, 1)
			if err != nil {
				return nil, err
			}
			return entries[0].Event.Mentions, nil
		}
		source := stream
		if strings.HasPrefix(stream, "cycle/") {
			source = domain.RegistryStream(s.Kommun)
		}
		who, err := s.names(ctx, source)
		if err != nil {
			return nil, err
		}
		for _, m := range mentionsIn(in.Text, who) {
			switch {
			case len(m.people) == 0:
				return nil, domain.Refuse(domain.CodeMention, "Det finns ingen här som heter så som det står efter @: ”%s”. Skriv namnet som i listan Nämn någon, eller personens id. Ska ingen nämnas: skriv mellanslag efter @.", m.text)
			case len(m.people) > 1:
				return nil, domain.Refuse(domain.CodeMention, "Flera personer heter %s. Skriv personens id efter @ i stället: %s.", m.text, joined(m.people))
			}
			all = append(all, m.people[0])
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func joined(people []domain.PersonID) string {
	words := make([]string, len(people))
	for i, p := range people {
		words[i] = string(p)
	}
	return strings.Join(words, ", ")
}

// aMention is an @ with what follows it: text[from:to], and whose name or id that is. Nobody's, and it ends at the next space.
type aMention struct {
	from, to int
	text     string // without the @
	people   []domain.PersonID
}

// mentionsIn finds the mentions of a text. An @ inside a word, as in an address, and one before a space is none; of names
// that begin alike the longest is meant. Capitals make no difference.
func mentionsIn(text string, who names) (all []aMention) {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '@')
		if i < 0 {
			return all
		}
		i += at
		at = i + 1
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[at:])
		if i > 0 && wordly(before) || !wordly(after) {
			continue
		}
		m := aMention{from: i}
		for p, name := range who {
			m.try(text, p, name)
			m.try(text, p, string(p))
		}
		if m.to == 0 {
			m.to = len(text)
			if end := strings.IndexFunc(text[at:], unicode.IsSpace); end >= 0 {
				m.to = at + end
			}
		}
		slices.Sort(m.people)
		m.text = text[i+1 : m.to]
		all, at = append(all, m), m.to
	}
}

// try takes a person whose name the text goes on with, unless a longer one is found.
func (m *aMention) try(text string, p domain.PersonID, name string) {
	end := m.from + 1 + len(name)
	if name == "" || end > len(text) || !strings.EqualFold(text[m.from+1:end], name) || end < m.to {
		return
	}
	if next, _ := utf8.DecodeRuneInString(text[end:]); end < len(text) && wordly(next) {
		return
	}
	if end > m.to {
		m.to, m.people = end, nil
	}
	if !slices.Contains(m.people, p) {
		m.people = append(m.people, p)
	}
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// mentionParts splits a comment so that the names in it stand out.
func mentionParts(text string, who names) (parts []remarkPart) {
	at := 0
	for _, m := range mentionsIn(text, who) {
		if len(m.people) == 0 {
			continue
		}
		if m.from > at {
			parts = append(parts, remarkPart{Text: text[at:m.from]})
		}
		parts = append(parts, remarkPart{text[m.from:m.to], true})
		at = m.to
	}
	if at < len(text) {
		parts = append(parts, remarkPart{Text: text[at:]})
	}
	return parts
}
