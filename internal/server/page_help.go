package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/store"
)

// helpPages adds what everybody can read: help, and the accessibility statement that lag (2018:1937) asks for, with its
// way to report a fault.
func (s *Server) helpPages(mux *router) {
	mux.handle("GET /hjalp", domain.ThingFront, s.show(s.helpPage))
	mux.handle("GET /tillganglighet", domain.ThingFront, s.show(s.statementPage))
	mux.handle("POST /tillganglighet", domain.ThingFront, s.reportFault)
	mux.handle("GET /felanmalningar", domain.ThingFaults, s.show(s.faultsPage))
	mux.handle("POST /felanmalningar/{id}/klar", domain.ThingFaults, s.settleFault)
}

// askRow is a role that people turn to.
type askRow struct {
	Title, About string
	People       []string
}

// helpPage tells what words mean and how things are done; to who is logged in also whom to ask.
func (s *Server) helpPage(r *http.Request, p *page) (string, error) {
	body := struct {
		Mine []string
		Ask  []askRow
	}{}
	p.Title, p.Menu = "Hjälp", "hjalp"
	if c := callerOf(r.Context()); c.Standing.Member {
		who, err := s.names(r.Context(), domain.RegistryStream(s.Kommun))
		if err != nil {
			return "", err
		}
		p.PersonName = who.Name(p.Person)
		today := now().Date()
		err = s.Store.View(r.Context(), domain.RegistryStream(s.Kommun), func(st *domain.State) error {
			for _, b := range st.Registry.Bindings {
				if b.Person == p.Person && b.From <= today && (b.To == "" || today <= b.To) {
					body.Mine = append(body.Mine, lowerWords(s.roleTitle(b.Role))+" i "+unitName(st, b.Unit))
				}
			}
			for _, ask := range []struct {
				role         domain.RoleID
				title, about string
			}{{domain.RoleRegistrar, "Registeransvarig", "Frågor om roller, ersättare, jäv och sammanträden."},
				{domain.RoleLauncher, "Cykelansvarig", "Frågor om cykeln, dagar och vad ett steg ska innehålla."}} {
				row := askRow{Title: ask.title, About: ask.about}
				for _, h := range st.Registry.Holders(ask.role, st.Registry.City, today) {
					row.People = append(row.People, who.Name(h.Person))
				}
				body.Ask = append(body.Ask, row)
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	p.Body = body
	return "hjalp", nil
}

// statement is the accessibility statement's page, with its form as it was filled in.
type statement struct {
	City              string
	Sent              int64  // the number of the report that was just made
	Wrong             string // what is wrong with the form
	Says, Page, Reach string
}

func (s *Server) statementPage(r *http.Request, p *page) (string, error) {
	body := &statement{City: s.city(), Page: r.URL.Query().Get("sida")}
	body.Sent, _ = strconv.ParseInt(r.URL.Query().Get("tack"), 10, 64) // 0 = none was made
	p.Title, p.Menu, p.Body = "Tillgänglighet", "tillganglighet", body
	return "tillganglighet", nil
}

// The bounds of a report's texts, in characters: those of the form's fields.
const mostSays, mostPage, mostReach = 4000, 300, 200

// reportFault keeps a report, from anybody. It is bounded by address and in all, also on a server that limits nothing
// else: whoever it is writes into our database.
func (s *Server) reportFault(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	p := &page{Title: "Tillgänglighet", Menu: "tillganglighet", Person: s.personOf(r)}
	in := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
	}
	body := &statement{City: s.city(), Says: in("vad"), Page: in("sida"), Reach: in("svar")}
	p.Body = body
	switch {
	case body.Says == "":
		body.Wrong = "Skriv vad som är fel, så att vi kan rätta det."
	case utf8.RuneCountInString(body.Says) > mostSays || utf8.RuneCountInString(body.Page) > mostPage || utf8.RuneCountInString(body.Reach) > mostReach:
		body.Wrong = "Texten är för lång. Korta den, och skriv en anmälan till om det behövs."
	case !utf8.ValidString(body.Says+body.Page+body.Reach) || strings.ContainsRune(body.Says+body.Page+body.Reach, 0):
		body.Wrong = "Texten innehåller tecken som inte går att spara. Skriv den som vanlig text."
	}
	if body.Wrong != "" {
		s.write(w, r, http.StatusUnprocessableEntity, "tillganglighet", p)
		return
	}
	if !s.reports.take(s.limits.addressOf(r), now().Time()) || !s.reportsInAll.take("", now().Time()) {
		w.Header().Set("Retry-After", "60")
		body.Wrong = "Det har kommit många anmälningar på kort tid. Vänta en minut och skicka igen. Det du skrev står kvar."
		s.write(w, r, http.StatusTooManyRequests, "tillganglighet", p)
		return
	}
	id, err := s.Store.AddFaultReport(r.Context(), s.Kommun, store.FaultReport{At: now(), Person: p.Person, Page: body.Page, Says: body.Says, Reach: body.Reach})
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	s.log.Info("fault reported", zap.Int64("report", id))
	http.Redirect(w, r, query("/tillganglighet", "tack", strconv.FormatInt(id, 10)), http.StatusSeeOther)
}

// faultsShown bounds the list of reports.
const faultsShown = 200

func (s *Server) faultsPage(r *http.Request, p *page) (string, error) {
	type row struct {
		store.FaultReport
		Who, ByName string
	}
	body := struct{ Rows []row }{}
	all, err := s.Store.FaultReports(r.Context(), s.Kommun, faultsShown)
	if err != nil {
		return "", err
	}
	who, err := s.names(r.Context(), domain.RegistryStream(s.Kommun))
	if err != nil {
		return "", err
	}
	for _, f := range all {
		one := row{FaultReport: f, Who: "inte inloggad", ByName: who.Name(f.By)}
		if f.Person != "" {
			one.Who = who.Name(f.Person)
		}
		body.Rows = append(body.Rows, one)
	}
	p.PersonName = who.Name(p.Person)
	p.Title, p.Menu, p.Body = "Anmälda fel", "felanmalningar", body
	return "felanmalningar", nil
}

func (s *Server) settleFault(w http.ResponseWriter, r *http.Request) {
	person := s.personOf(r)
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err == nil {
		err = s.Store.SettleFault(r.Context(), s.Kommun, id, person, now())
	}
	if errors.Is(err, store.ErrNoRow) || errors.Is(err, strconv.ErrSyntax) || errors.Is(err, strconv.ErrRange) {
		err = domain.Refuse(domain.CodeNotFound, "Det finns ingen anmälan med det numret. De som finns står på sidan Anmälda fel.")
	}
	if err != nil {
		s.faultPage(w, r, &page{Person: person, Menu: "felanmalningar"}, err)
		return
	}
	http.Redirect(w, r, "/felanmalningar", http.StatusSeeOther)
}

// Reports of faults: a handful at once from one address and then one a minute, and from all together no more than people
// write.
func newReportLimits() (byAddress, inAll *buckets) {
	return newBuckets(1/time.Minute.Seconds(), 5), newBuckets(10/time.Minute.Seconds(), 100)
}
