package main

import (
	"strings"
	"testing"

	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// The decisions of a meeting come from a file, are looked at first, and are registered all or none.
func TestBatch(t *testing.T) {
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	server, cycle := "--server="+d.URL, "--cycle="+stream
	const registrar, secretary = "--as=p-slf-registeransvarig", "--as=p-ks-namndsekreterare"
	for _, args := range [][]string{
		{"step", "submit", "planeringsanvisningar/KS", cycle, server, "--as=p-slf-stadens-processledare", "--document=planeringsanvisningar=https://example.invalid/a",
			"--document=bastilldelning=https://example.invalid/b", "--field=inlamningsdag=31 mars (påhittat)", "--reference=KS 1/2027"},
		{"step", "ready", "planeringsanvisningar/KS", cycle, server, "--as=p-slf-ekonomidirektor"},
		{"registry", "confirm-meeting", cycle, server, registrar, "--meeting=KS-2027-02-10"},
		{"exercise", "advance", stream, server, "--as=p-slf-cykelansvarig"},
	} {
		if r := arshjul(args...); r.code != api.ExitOK {
			t.Fatalf("%v: exit %d %s", args, r.code, r.err)
		}
	}
	good := file(t, "beslut.csv", "steg;utfall;paragraf;dnr;text\nplaneringsanvisningar/KS;bifall;14;KS 1/2027 (påhittat);Enhälligt (påhittat)\n")
	half := file(t, "halv.yaml", "- {steg: planeringsanvisningar/KS, utfall: bifall, paragraf: 14}\n- {steg: dialog-april/KS, paragraf: 15}\n")
	unknown := file(t, "okand.csv", "steg;utfall;paragraf\nfinns-inte/KS;bifall;14\n")
	broken := file(t, "trasig.csv", "steg;paragraf\nplaneringsanvisningar/KS;\n")
	const meeting = "--meeting=KS-2027-02-10"
	for _, row := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no meeting", []string{good}, api.ExitUsage, "--meeting"},
		{"no such file", []string{"/finns/inte.csv", meeting}, api.ExitUsage, "går inte att läsa"},
		{"a broken file", []string{broken, meeting}, api.ExitUsage, "trasig.csv:2:26: paragraf saknas"},
		{"bad date", []string{good, meeting, "--date=i dag"}, api.ExitUsage, "--date"},
		{"no such step", []string{unknown, meeting}, api.ExitRefused, "finns-inte/KS"},
		{"another body's meeting", []string{good, "--meeting=SN-2027-03-16"}, api.ExitRefused, "Rad 1 (§ 14)"},
		{"half of it will not do", []string{half, meeting, "--preview"}, api.ExitRefused, "Rad 2 (§ 15)"},
		{"not half of it", []string{half, meeting}, api.ExitRefused, "Inget av besluten har registrerats"},
		{"preview", []string{good, meeting, "--preview"}, api.ExitOK, "bifall, § 14"},
		{"preview as json", []string{good, meeting, "--preview", "--json"}, api.ExitOK, `"entries"`},
		{"registered", []string{good, meeting, "--id=batch-1"}, api.ExitOK, "Klart: journalpost"},
		{"the same again", []string{good, meeting, "--id=batch-1"}, api.ExitOK, "Klart: journalpost"},
		{"once more", []string{good, meeting}, api.ExitRefused, "beslutad"},
	} {
		r := arshjul(append([]string{"batch", cycle, server, secretary}, row.args...)...)
		if r.code != row.code || !strings.Contains(r.out+r.err, row.says) {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", row.name, r.code, row.code, row.says, r.out, r.err)
		}
	}
}
