package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/login"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// Group says which role in which unit a group of the log-in service proposes.
type Group struct {
	Group string
	Role  domain.RoleID
	Unit  domain.UnitID
}

// ParseGroup reads GRUPP=roll@ENHET.
func ParseGroup(text string) (Group, error) {
	at := strings.LastIndex(text, "=")
	if at > 0 {
		if role, unit, ok := strings.Cut(text[at+1:], "@"); ok && role != "" && unit != "" {
			return Group{text[:at], domain.RoleID(role), domain.UnitID(unit)}, nil
		}
	}
	return Group{}, domain.Refuse(domain.CodeBadCommand, "%q är ingen grupp med roll. Skriv GRUPP=roll@ENHET, till exempel sg-namndsekr-sn=namndsekreterare@SN.", text)
}

// propose remembers the roles that a person's groups propose and that the person has not.
func (s *Server) propose(ctx context.Context, person domain.PersonID, who login.Identity) error {
	var all []store.Proposal
	for _, g := range s.Groups {
		if slices.Contains(who.Groups, g.Group) {
			all = append(all, store.Proposal{Person: person, Name: who.Name, Role: g.Role, Unit: g.Unit, Made: now()})
		}
	}
	if len(all) == 0 {
		return nil
	}
	today := now().Date()
	err := s.Store.View(ctx, domain.RegistryStream(s.Kommun), func(st *domain.State) error {
		if st.Registry == nil {
			return nil
		}
		all = slices.DeleteFunc(all, func(p store.Proposal) bool {
			return slices.ContainsFunc(st.Registry.Holders(p.Role, p.Unit, today), func(h domain.Holding) bool { return h.Person == person })
		})
		return nil
	})
	if err != nil {
		return err
	}
	return s.Store.Propose(ctx, s.Kommun, all)
}

// proposalPages adds the page where the registeransvarig answers what groups propose.
func (s *Server) proposalPages(mux *router) {
	mux.handle("GET /forslag", domain.ThingProposals, s.show(func(r *http.Request, p *page) (string, error) {
		all, err := s.Store.Proposals(r.Context(), s.Kommun)
		p.Title, p.Body = "Föreslagna roller", struct {
			Proposals []store.Proposal
			Today     domain.Date
		}{all, now().Date()}
		return "forslag", err
	}))
	mux.handle("POST /forslag", domain.ThingProposals, s.loginForm("/forslag", s.answerProposal))
}

// answerProposal gives the role by the registry's own command, or declines. Only what was proposed can be given here.
func (s *Server) answerProposal(r *http.Request, p *page) (string, error) {
	asked := store.Proposal{Person: domain.PersonID(r.PostFormValue("person")), Role: domain.RoleID(r.PostFormValue("roll")), Unit: domain.UnitID(r.PostFormValue("enhet"))}
	all, err := s.Store.Proposals(r.Context(), s.Kommun)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(q store.Proposal) bool {
		return q.Person == asked.Person && q.Role == asked.Role && q.Unit == asked.Unit
	})
	if i < 0 {
		return "", domain.Refuse(domain.CodeNotFound, "Det förslaget finns inte längre: någon har redan svarat på det.")
	}
	given := r.PostFormValue("svar") == "ge"
	if given {
		from := domain.Date(r.PostFormValue("fran"))
		if _, err := domain.ParseDate(string(from)); err != nil {
			return "", err
		}
		// The same answer sent twice is the same command.
		id := "forslag." + string(domain.DigestOf([]byte(string(asked.Person) + "\x00" + string(asked.Role) + "\x00" + string(asked.Unit) + "\x00" + string(from))))[:40]
		if _, err := s.give(r.Context(), domain.RegistryStream(s.Kommun), p.Person, api.Command{ID: id, Kind: domain.CmdBind,
			Binding: &api.Binding{Person: asked.Person, Name: all[i].Name, Role: asked.Role, Unit: asked.Unit, From: from}}); err != nil {
			return "", err
		}
	}
	return "", s.Store.SettleProposal(r.Context(), s.Kommun, asked, given, p.Person, now())
}
