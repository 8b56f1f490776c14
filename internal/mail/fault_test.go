package mail

import (
	"strings"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/mail/mailtest"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
)

// Whoever may read reported faults is told of them the morning after, once however many they are, and gets nothing of what
// they say. What somebody has answered before the morning is told to nobody.
func TestReportedFaultsAreMailed(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), stacktest.AsRole(t, stacktest.Database(t, store.Migrate), store.AppRole))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	d := &desk{t: t, store: s, state: domain.NewState(domain.RegistryStream(kommun)), now: domain.Date("2026-12-01").Start()}
	server := mailtest.New(t, mailtest.Options{})
	expect := expecting(t, server, sending(t, s, server.Port))
	report := func(at time.Time) int64 {
		t.Helper()
		id, err := s.AddFaultReport(t.Context(), kommun, store.FaultReport{At: domain.InstantOf(at), Says: "Hemligt innehåll (påhittat)", Reach: "anmalare@exempel.invalid"})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first := firstMorning.Add(2 * time.Hour)
	one := report(first)
	expect("nobody can be told before there is a registry", first, 0)
	r := town()
	d.do(domain.Command{Kind: domain.CmdFound, Actor: registrar, Found: &r})
	for _, p := range []domain.PersonID{registrar, launcher, city} {
		set1(t, s, p, string(p)+"@exempel.invalid")
	}
	two := report(first)
	expect("the same day", first, 0)
	expect("the morning after", firstMorning.Add(24*time.Hour), 2)
	for i, m := range server.Mails() {
		text := plainPart(t, m.Raw)
		if !strings.Contains(text, "Svara på anmälda fel i sidorna") || strings.Count(text, "Varför du får det här") != 1 || !strings.Contains(text, "Öppna anmälningarna: "+base+"/felanmalningar") ||
			strings.Contains(string(m.Raw), "Hemligt") || strings.Contains(string(m.Raw), "anmalare@") || strings.HasPrefix(m.To, string(city)) {
			t.Errorf("mail %d to %s:\n%s", i, m.To, m.Raw)
		}
	}
	expect("told once", firstMorning.Add(48*time.Hour), 0)

	third := firstMorning.Add(50 * time.Hour)
	three := report(third)
	expect("another, the same day", third, 0)
	for _, id := range []int64{one, two, three} {
		if err := s.SettleFault(t.Context(), kommun, id, registrar, domain.InstantOf(third)); err != nil {
			t.Fatal(err)
		}
	}
	expect("all are answered before the morning", firstMorning.Add(72*time.Hour), 0)
	report(third)
	expect("a new one, on Monday", firstMorning.Add(6*24*time.Hour), 2)
}
