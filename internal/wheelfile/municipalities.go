package wheelfile

import (
	_ "embed"
	"net/url"
	"strings"
	"sync"
)

//go:embed municipalities.schema.json
var municipalitiesSchema []byte

var municipalitiesForm = sync.OnceValue(func() form { return compile("urn:arshjul:municipalities", municipalitiesSchema) })

// Municipality is one of those that a server serves, as its operator's file has it. Its members are called as the flags of
// arshjul serve, and "" or nil means what a flag that is not given means. Files are named as they stand.
type Municipality struct {
	Kommun string `json:"kommun"` // four-digit kommunkod
	URL    string `json:"url"`    // where browsers reach it; no other has its host name
	Wheel  string `json:"wheel"`
	Found  string `json:"found"`

	TemporalUI string   `json:"temporal-ui"`
	Issuer     string   `json:"oidc-issuer"`
	Client     string   `json:"oidc-client"`
	SecretFile string   `json:"oidc-secret-file"`
	Claim      string   `json:"oidc-claim"`
	Name       string   `json:"oidc-name"`
	Groups     string   `json:"oidc-groups"`
	Scopes     []string `json:"oidc-scopes"`
	Group      []string `json:"oidc-group"`

	file string
	pos  pos
}

// At says where the municipality stands, for what turns out to be wrong with it when the file has been read.
func (m *Municipality) At() string {
	return Error{File: m.file, Line: m.pos.line, Column: m.pos.column, Text: "kommun " + m.Kommun}.Error()
}

// ReadMunicipalities reads the file that says which municipalities a server serves. The error is [Errors] when it has
// faults: among them two municipalities with one kommunkod, or with one host name.
func ReadMunicipalities(name string, data []byte) ([]Municipality, error) {
	f := &faults{file: name, like: "exemplet deploy/municipalities.yaml"}
	root := readTree(f, data)
	if root == nil {
		return nil, f.err()
	}
	var text struct {
		All []Municipality `json:"municipalities"`
	}
	if err := municipalitiesForm().decode(f, root, &text); err != nil {
		return nil, err
	}
	codes, hosts := map[string]int{}, map[string]int{} // by value: which of them has it first
	for i := range text.All {
		m := &text.All[i]
		m.file, m.pos = name, root.at("municipalities", i)
		if first, twice := codes[m.Kommun]; twice {
			f.add(root.at("municipalities", i, "kommun"), "kommun %s finns redan på rad %d. Ta bort den ena, eller rätta koden.", m.Kommun, text.All[first].pos.line)
		} else {
			codes[m.Kommun] = i
		}
		at := root.at("municipalities", i, "url")
		u, err := url.Parse(m.URL)
		if err != nil {
			f.add(at, "%s är ingen adress. Skriv den som https://arshjul.exempel.se.", quote(m.URL))
			continue
		}
		host := strings.ToLower(u.Host)
		if first, twice := hosts[host]; twice {
			f.add(at, "kommun %s har samma adress, %s, som kommun %s på rad %d. Ge dem var sin: servern känner igen kommunen på adressen.", m.Kommun, u.Host, text.All[first].Kommun, text.All[first].pos.line)
		} else {
			hosts[host] = i
		}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	return text.All, nil
}
