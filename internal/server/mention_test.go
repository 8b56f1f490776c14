package server

import (
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
)

func TestMentionsInAText(t *testing.T) {
	who := names{"p-1": "Processledare, Socialförvaltningen", "p-2": "Processledare, Socialförvaltningen Syd", "p-3": "Åsa", "p-4": "Ekonom", "p-5": "Ekonom"}
	for _, row := range []struct {
		text, want string // what is named and whose it is, in order
	}{
		{"hej", ""},
		{"@Åsa kan du se på det?", "Åsa=p-3"},
		{"Kan @åsa, se på det?", "åsa=p-3"},
		{"@Åsas förslag", "Åsas="}, // a longer word is another name
		{"@Processledare, Socialförvaltningen: se här", "Processledare, Socialförvaltningen=p-1"},
		{"@Processledare, Socialförvaltningen Syd se här", "Processledare, Socialförvaltningen Syd=p-2"},
		{"till @p-3 och @P-1.", "p-3=p-3 P-1=p-1"},
		{"@Ekonom", "Ekonom=p-4,p-5"},
		{"@Kalle Svensson", "Kalle="},
		{"skriv till namn@exempel.se", ""},
		{"kl 12 @ rådhuset, a@, @", ""},
		{"(@Åsa)@Åsa", "Åsa=p-3 Åsa=p-3"},
		{"@@Åsa", "Åsa=p-3"},
	} {
		var got []string
		for _, m := range mentionsIn(row.text, who) {
			got = append(got, m.text+"="+strings.ReplaceAll(joined(m.people), " ", ""))
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("%q: got %q, want %q", row.text, strings.Join(got, " "), row.want)
		}
		whole := ""
		for _, part := range mentionParts(row.text, who) {
			whole += part.Text
			if part.Named && !strings.HasPrefix(part.Text, "@") {
				t.Errorf("%q: %q is named", row.text, part.Text)
			}
		}
		if whole != row.text {
			t.Errorf("%q is shown as %q", row.text, whole)
		}
	}
	if m := mentionsIn("@Ekonom", who); len(m) != 1 || !slices.Equal(m[0].people, []domain.PersonID{"p-4", "p-5"}) {
		t.Errorf("two of one name: %+v", m)
	}
}
