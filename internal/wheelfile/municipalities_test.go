package wheelfile

import (
	"os"
	"strings"
	"testing"
)

const twoMunicipalities = `municipalities:
  - kommun: "1283"
    url: https://arshjul.helsingborg.exempel.se
    wheel: helsingborg
    oidc-issuer: https://inloggning.exempel.se
    oidc-group: [sg-a=processledare@SOF]
  - kommun: "1277"
    url: https://arshjul.astorp.exempel.se/
    wheel: astorp.yaml
    found: astorp-organisation.yaml
`

func TestMunicipalities(t *testing.T) {
	t.Parallel()
	all, err := ReadMunicipalities("kommuner.yaml", []byte(twoMunicipalities))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].Kommun != "1283" || all[0].Group[0] != "sg-a=processledare@SOF" || all[1].Found != "astorp-organisation.yaml" || all[1].Issuer != "" {
		t.Errorf("%+v", all)
	}
	if at := all[1].At(); at != "kommuner.yaml:7:5: kommun 1277" {
		t.Error(at)
	}
}

func TestTheExampleOfMunicipalitiesHolds(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/municipalities.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadMunicipalities("municipalities.yaml", text); err != nil {
		t.Error(err)
	}
}

// What is wrong in the file is told with its place and how to mend it.
func TestFaultsOfMunicipalities(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, old, new, says string }{
		{"an unknown member", "    found: astorp", "    fonud: astorp", `k.yaml:10:5: uppgiften "fonud" finns inte här. Menade du found?`},
		{"a missing one", "    wheel: helsingborg\n", "", `k.yaml:2:5: uppgiften "wheel" saknas här.`},
		{"a code that is a number", `"1277"`, "1277", `k.yaml:7:13: här ska stå text, men det läses som ett tal`},
		{"a code that is none", `"1277"`, `"Åstorp"`, "Skriv kommunkodens fyra siffror"},
		{"a path in the address", "exempel.se/", "exempel.se/arshjul", "k.yaml:8:10: "},
		{"an address that cannot be read", "arshjul.astorp.exempel.se", "arshjul%zz", "k.yaml:8:10: "},
		{"the same code", `"1277"`, `"1283"`, "k.yaml:7:13: kommun 1283 finns redan på rad 2."},
		{"the same host", "arshjul.astorp.exempel.se/", "Arshjul.Helsingborg.exempel.se", "k.yaml:8:10: kommun 1277 har samma adress, Arshjul.Helsingborg.exempel.se, som kommun 1283 på rad 2."},
		{"a list for text", "wheel: helsingborg", "wheel: [helsingborg]", "här ska stå text. Jämför med samma uppgift i exemplet deploy/municipalities.yaml."},
		{"nothing", twoMunicipalities, "", "Utgå från exemplet deploy/municipalities.yaml"},
		{"no municipality", twoMunicipalities, "municipalities: []", "listan är tom"},
	} {
		text := strings.Replace(twoMunicipalities, row.old, row.new, 1)
		if text == twoMunicipalities {
			t.Fatalf("%s: nothing is changed", row.name)
		}
		if _, err := ReadMunicipalities("k.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v, want %q", row.name, err, row.says)
		}
	}
}
