package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// receipts is the page of what was given, one receipt for each command.
func (b *rolesBody) receipts(all []api.Receipt) string {
	var first, last uint64 // of those that stand in the journal by now
	for _, receipt := range all {
		if first == 0 {
			first = receipt.First
		}
		last = max(last, receipt.Last)
	}
	return rolesReceipt(b.ID, b.Source, first, last, len(all))
}

func rolesReceipt(id, source string, first, last uint64, asked int) string {
	query := url.Values{"id": {id}, "fran": {strconv.FormatUint(first, 10)}, "till": {strconv.FormatUint(last, 10)}, "antal": {strconv.Itoa(asked)}}
	if source != "" {
		query.Set("cykel", source)
	}
	return "/ledning/roller/kvittens?" + query.Encode()
}

// rolesGiven gives the page of receipts when everything that the form asks for stands in the journal already, or "".
func (s *Server) rolesGiven(r *http.Request, registry string, v url.Values) (string, error) {
	var first, last uint64
	asked := 0
	for _, number := range v["roll"] {
		for _, way := range []string{".in.", ".ut."} {
			receipt, found, err := s.journalled(r.Context(), registry, v.Get("id")+way+number, "")
			if err != nil {
				return "", err
			}
			switch {
			case found:
				if asked++; first == 0 || receipt.First < first {
					first = receipt.First
				}
				last = max(last, receipt.Last)
			case way == ".ut.":
				return "", nil
			}
		}
	}
	if asked == 0 {
		return "", nil
	}
	return rolesReceipt(v.Get("id"), v.Get("cykel"), first, last, asked), nil
}

// longestReceipt bounds how many entries a page of receipts looks through.
const longestReceipt = 2000

// roleReceipts tells role by role where the change stands in the journal.
func (s *Server) roleReceipts(r *http.Request, p *page) (string, error) {
	v := r.URL.Query()
	source, registry, err := s.sourceAsked(v)
	if err != nil {
		return "", err
	}
	first, err1 := strconv.ParseUint(v.Get("fran"), 10, 63)
	last, err2 := strconv.ParseUint(v.Get("till"), 10, 63)
	asked, err3 := strconv.Atoi(v.Get("antal"))
	if err1 != nil || err2 != nil || err3 != nil || v.Get("id") == "" || last < first || last-first > longestReceipt {
		return "", domain.Refuse(domain.CodeNotFound, "Adressen säger inte vilka ändringar det gäller. De står i journalen.")
	}
	entries, err := s.Store.Entries(r.Context(), registry, first, int(last-first)+1)
	if err != nil {
		return "", err
	}
	names, err := s.names(r.Context(), registry)
	if err != nil {
		return "", err
	}
	body := struct {
		Rows    []decisionReceipt
		Waiting bool
		Back    string
	}{Back: "/ledning/roller"}
	if source != "" {
		body.Back += "?" + url.Values{"cykel": {source}}.Encode()
	}
	err = s.Store.View(r.Context(), registry, func(st *domain.State) error {
		for i := range entries {
			e := &entries[i].Event
			if !strings.HasPrefix(e.Command, v.Get("id")+".") || e.Binding == nil {
				continue
			}
			unit := string(e.Binding.Unit)
			if u := st.Registry.Unit(e.Binding.Unit); u != nil {
				unit = u.Name
			}
			body.Rows = append(body.Rows, decisionReceipt{Title: names.Name(e.Binding.Person) + ": " + s.roleTitle(e.Binding.Role) + ", " + unit,
				Says: domain.Sentence(st, e), Index: entries[i].Index, Leaf: leafHash(entries[i].Leaf)})
		}
		return nil
	})
	body.Waiting = len(body.Rows) < asked
	p.Title, p.Menu, p.Exercise, p.Body = "Rollerna är flyttade", "ledning", source != "", body
	return "roller-kvittens", err
}
