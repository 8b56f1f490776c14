package server

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

//go:embed templates/*.html
var templateFiles embed.FS

// page is what every page shows around its own content.
type page struct {
	Title, Menu string
	Person      domain.PersonID
	PersonName  string
	Exercise    bool
	Fault       *api.Problem // what was just refused
	Receipt     *api.Receipt // what was just done
	Signed      bool         // the journal is signed so far that there is a receipt file of it
	Now         domain.Instant
	City        string      // what the municipality is called
	Today       domain.Date // the page's day, when it is another than the wall clock's
	Per         *per        // the page shows how it was; nil = how it is
	AsOf        bool        // the page can show how it was
	Kept        []hidden    // what else it was asked for with
	Visit       visit       // the log-in, and what the page follows
	Body        any
}

var templates = parseTemplates("logga-in", "inkorg", "cykler", "cykel", "steg", "journal", "utskick", "ovningspost", "ovningsmejl", "fel", "arshjulet", "granska", "flytta",
	"inloggningar", "forslag", "slapp-in", "kalendrar", "utloggad", "behorigheter", "starta", "hjalp", "tillganglighet", "felanmalningar",
	"beslut", "beslut-granska", "beslut-kvittens", "enheter", "enhet", "enhet-granska",
	"ledning", "hjulskillnad", "roller", "roller-granska", "roller-kvittens", "register", "register-granska", "sammantraden", "sammantraden-granska", "gallring", "gallring-granska", "epok", "epok-granska", "revision", "historik", "post", "iakttagelse", "ny-iakttagelse", "jamfor", "rapport")

func parseTemplates(names ...string) map[string]*template.Template {
	layout := template.Must(template.New("layout.html").Funcs(pageFuncs).Funcs(template.FuncMap{
		"dag": domain.Date.Swedish, "stund": moment, "klockan": clockTime, "väg": pagePath, "stegväg": stepPath, "bevis": proofLink, "logg": domain.LogOf,
	}).ParseFS(templateFiles, "templates/layout.html", "templates/inloggad.html", "templates/formular.html"))
	all := map[string]*template.Template{}
	for _, name := range names {
		all[name] = template.Must(template.Must(layout.Clone()).ParseFS(templateFiles, "templates/"+name+".html"))
	}
	return all
}

// moment tells an instant as people say it.
func moment(i domain.Instant) string {
	return i.Date().Swedish() + i.Time().In(domain.Stockholm).Format(" kl. 15.04")
}

// pagePath is where a cycle's page is.
func pagePath(stream string) string {
	for api, page := range map[string]string{"cycle/": "/cykel/", "exercise/": "/ovning/", "registry/": "/register/"} {
		if rest, ok := strings.CutPrefix(stream, api); ok {
			return page + rest
		}
	}
	return "/"
}

func stepPath(stream string, step domain.StepID) string {
	return pagePath(stream) + "/steg/" + strings.TrimPrefix(api.StepPath("", step), "//steps/")
}

// pages adds the pages to the mux.
func (s *Server) pages(mux *router) {
	mux.handle("GET /{$}", domain.ThingFront, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/inkorg", http.StatusSeeOther) })
	mux.handle("GET /inkorg", domain.ThingInbox, s.show(s.inboxPage))
	mux.handle("GET /cykler", domain.ThingRead, s.show(s.cyclesPage))
	mux.handle("GET /journal", domain.ThingRead, s.show(s.journalPage))
	mux.handle("GET /bevis", domain.ThingRead, s.proofFile)
	s.portal(mux)
	s.auditPages(mux)
	s.mailPages(mux)
	s.launchPages(mux)
	s.decisionPages(mux)
	s.helpPages(mux)
	s.unitPages(mux)
	s.leadPages(mux)
	for _, at := range []string{"/cykel/{kommun}/{year}", "/ovning/{kommun}/{year}/{n}"} {
		mux.handle("GET "+at, domain.ThingRead, s.show(s.cyclePage))
		mux.handle("GET "+at+"/steg/{step...}", domain.ThingRead, s.show(s.stepPage))
		mux.handle("GET "+at+"/rapport", domain.ThingRead, s.show(s.reportPage))
		mux.handle("GET "+at+"/flytta", domain.ThingRead, s.show(s.movePage))
		mux.handle("GET "+at+"/bevispaket", domain.ThingPack, s.packFile)
		mux.handle("POST "+at+"/granska", domain.ThingAsk, s.reviewForm)
		mux.handle("POST "+at+"/kommando", domain.ThingAsk, s.doForm)
	}
	mux.handle("POST /register/{kommun}/kommando", domain.ThingAsk, s.doForm)
	mux.handle("/", domain.ThingFront, s.show(func(*http.Request, *page) (string, error) {
		return "", domain.Refuse(domain.CodeNotFound, "Det finns ingen sida med den adressen.")
	}))
}

// show makes a page for whom the door has let in. fill gives the name of the page's template.
func (s *Server) show(fill func(r *http.Request, p *page) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := &page{Person: s.personOf(r)}
		// What the receipt says is done the page shows, so the receipt is looked up before the page is made.
		err := s.showReceipt(r, p)
		name := ""
		if err == nil {
			name, err = fill(r, p)
		}
		if err != nil {
			p.Receipt = nil
			s.faultPage(w, r, p, err)
			return
		}
		s.write(w, r, http.StatusOK, name, p)
	}
}

// showReceipt tells what was just done, when a form led here.
func (s *Server) showReceipt(r *http.Request, p *page) error {
	id := r.URL.Query().Get("kvitto")
	if id == "" {
		return nil
	}
	from := r.URL.Query().Get("hos")
	receipt, found, err := s.journalled(r.Context(), from, id, "")
	if err != nil {
		return err
	}
	if !found {
		receipt = api.Receipt{ID: id, Stream: from, Status: api.StatusReceived}
	}
	p.Receipt = &receipt
	if receipt.Index != nil {
		p.Signed, err = s.signed(r.Context(), domain.LogOf(from), *receipt.Index)
	}
	return err
}

// write sends a page. It is made whole first, so that a fault in it never leaves half a page.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, name string, p *page) {
	p.Now, p.City = now(), s.city()
	p.Visit = s.visitOf(r, p)
	if p.AsOf {
		p.Kept = kept(r)
	}
	if p.Person != "" && p.PersonName == "" {
		names, err := s.names(r.Context(), domain.RegistryStream(s.Kommun))
		if err != nil {
			s.log.Warn("names not read", zap.Error(err))
		}
		p.PersonName = names.Name(p.Person)
	}
	var b bytes.Buffer
	if err := templates[name].ExecuteTemplate(&b, "layout.html", p); err != nil {
		panic(fmt.Sprintf("page %s: %v", name, err)) // a bug: guard answers and logs it
	}
	if p.Per != nil && name != "fel" {
		b = *bytes.NewBuffer(p.Per.keep(b.Bytes()))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	sendCompressed(w, r, status, b.Bytes())
}

// names are what people are called; they stand outside the log and can be erased.
type names map[domain.PersonID]string

// Name gives a person's name, or the id of one that has none.
func (n names) Name(p domain.PersonID) string {
	if name, ok := n[p]; ok {
		return name
	}
	return string(p)
}

// names reads the names of a registry; source is the registry's stream or an exercise's.
func (s *Server) names(ctx context.Context, source string) (names, error) {
	texts, err := s.Store.PersonNames(ctx, source)
	all := names{}
	for p, t := range texts {
		all[p] = t.Readable()
	}
	return all, err
}

// goOn sends the browser on after a form, to a page that tells what was done.
func goOn(w http.ResponseWriter, r *http.Request, to string, receipt api.Receipt) {
	query := url.Values{"kvitto": {receipt.ID}, "hos": {receipt.Stream}}
	http.Redirect(w, r, to+"?"+query.Encode(), http.StatusSeeOther)
}

// asProblem gives an error that the command's way has already turned into its answer.
func asProblem(err error) *api.Problem {
	var p *api.Problem
	if errors.As(err, &p) {
		return p
	}
	return api.ProblemOf(unknownAnswer(), "")
}
