package wheelfile_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/wheelfile"
)

// The guide for process leaders says what is so: its rules can be read, its table of roles is the domain's, and its
// example is a step of the whole wheel.
func TestTheGuideIsTrue(t *testing.T) {
	guide := readFile(t, "../../domain/wheels/GUIDE.md")

	_, timing, _ := strings.Cut(guide, "| skriv | betyder |")
	timing, _, _ = strings.Cut(timing, "\n\n")
	rules := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(timing, -1)
	for _, r := range rules {
		if _, err := domain.ParseRule(r[1], domain.StagePlanning); err != nil {
			t.Error(err)
		}
	}
	if len(rules) < 8 {
		t.Errorf("found %d rules", len(rules))
	}

	words := map[string]string{"förbereder": "prepare", "gör klart": "ready", "fastställer": "decide", "registrerar": "register", "publicerar": "publish"}
	for row, c := range map[string]struct {
		act  domain.Act
		kind domain.UnitKind
	}{
		"underlag":  {domain.ActWorkProduct, domain.KindAdministration},
		"inlämning": {domain.ActHandIn, domain.KindBoard},
		"beslut, fastställande av KF, KS, nämnd":    {domain.ActDecision, domain.KindCouncil},
		"fastställande, beslut av tjänsteperson":    {domain.ActEstablishment, domain.KindAdministration},
		"beslut, fastställande av bolag, presidium": {domain.ActDecision, domain.KindPresidium},
		"dialog, möte":         {domain.ActDialog, domain.KindExecutive},
		"anmälan, information": {domain.ActInformation, domain.KindBoard},
		"granskning":           {domain.ActReview, domain.KindAudit},
		"publicering":          {domain.ActPublication, domain.KindExecutive},
	} {
		_, line, found := strings.Cut(guide, "\n| "+row+" | ")
		line, _, _ = strings.Cut(line, " |\n")
		_, roles, _ := strings.Cut(line, " | ")
		var got []string
		for _, w := range strings.Split(roles, ", ") {
			got = append(got, words[w])
		}
		if want := domain.RequiredSlots(c.act, c.kind); !found || !slices.Equal(append(got, "escalate"), want) {
			t.Errorf("%s: the guide has %v, the domain %v", row, got, want)
		}
	}

	_, example, _ := strings.Cut(guide, "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	text := string(wheels.Helsingborg)
	from := strings.Index(text, "  - id: internbudget\n")
	to := from + strings.Index(text[from+1:], "  - id: ") + 1
	if _, err := wheelfile.Read("guide.yaml", []byte(text[:from]+example+"\n"+text[to:])); err != nil {
		t.Error(err)
	}
}
