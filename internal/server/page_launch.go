package server

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/rehearsal"
	"arshjul/internal/server/api"
)

// launchPages adds the page on which a cycle is tried, ordered and confirmed.
func (s *Server) launchPages(mux *router) {
	mux.handle("GET /starta", domain.ThingRehearse, s.show(func(r *http.Request, p *page) (string, error) {
		return "starta", s.fillLaunch(r, p, r.URL.Query())
	}))
	mux.handle("POST /starta/bestall", domain.ThingAsk, s.orderForm)
	mux.handle("POST /starta/bekrafta", domain.ThingAsk, s.confirmForm)
}

// launchBody is what the page of a launch shows: what is asked for, what a rehearsal of it found, and the orders.
type launchBody struct {
	names
	Years, Stages, Optional []option
	Check                   *launchShown // nil before a year is chosen
	Launcher                bool
	ID                      string
	Values                  url.Values // as the order was filled in, when it was refused
	Today                   domain.Date
	Orders                  []orderShown
}

// Value is what was filled in before.
func (b *launchBody) Value(name string) string { return b.Values.Get(name) }

// launchShown is what a rehearsal found, each kind of finding by itself.
type launchShown struct {
	api.LaunchCheck
	From     domain.Stage
	Errors   int
	Kinds    []findingKind
	Exercise string // how the same is practised first
}

type findingKind struct {
	Title string
	Stops bool
	Texts []string
}

type orderShown struct {
	api.OrderRow
	ByName, ConfirmedName, Link, ID string
	MayConfirm                      bool
}

// planOf reads what is to be launched from a form or an address.
func planOf(v url.Values) (plan api.LaunchPlan, err error) {
	if plan.Year, err = strconv.Atoi(v.Get("ar")); err != nil {
		return plan, domain.Refuse(domain.CodeBadCommand, "%q är inget budgetår. Välj ett i listan.", v.Get("ar"))
	}
	plan.From, plan.With = domain.Stage(v.Get("skede")), v["med"]
	for name := range v {
		step, is := strings.CutPrefix(name, "skal.")
		if reason := strings.TrimSpace(v.Get(name)); is && (reason != "" || v.Get("ref."+step) != "") {
			plan.Before = append(plan.Before, api.DoneBefore{Step: domain.StepID(step), Reason: reason, Reference: strings.TrimSpace(v.Get("ref." + step))})
		}
	}
	slices.SortFunc(plan.Before, func(a, b api.DoneBefore) int { return strings.Compare(string(a.Step), string(b.Step)) })
	return plan, nil
}

func (s *Server) fillLaunch(r *http.Request, p *page, v url.Values) error {
	wheel, err := s.wheelFile(r.Context(), "")
	if err != nil {
		return err
	}
	body := &launchBody{Launcher: callerOf(r.Context()).Standing.Launcher, ID: rand.Text(), Values: v, Today: now().Date()}
	for year := body.Today.Year() - 1; year <= body.Today.Year()+3; year++ {
		body.Years = append(body.Years, option{strconv.Itoa(year), strconv.Itoa(year), v.Get("ar") == strconv.Itoa(year) || v.Get("ar") == "" && year == body.Today.Year()+2})
	}
	body.Stages = []option{{"", "Från början", v.Get("skede") == ""}}
	for _, stage := range domain.Stages[1:] {
		body.Stages = append(body.Stages, option{string(stage), "Ta över vid " + strings.ToLower(stage.Swedish()), v.Get("skede") == string(stage)})
	}
	for _, def := range wheel.Wheel.Steps {
		if def.Optional {
			title := def.Title
			if def.Years == domain.YearsElection {
				title += " (bara i en cykel som planeras ett valår)"
			}
			body.Optional = append(body.Optional, option{def.ID, title, slices.Contains(v["med"], def.ID)})
		}
	}
	if v.Has("ar") {
		plan, err := planOf(v)
		if err != nil {
			return err
		}
		// What is said to be done before stays on the form, so the rehearsal is of the plan without it.
		check, err := s.check(r.Context(), wheel, domain.Launch{Year: plan.Year, With: plan.With, From: plan.From})
		if err != nil {
			return err
		}
		body.Check = shownCheck(check, plan.From)
	}
	if body.names, err = s.names(r.Context(), domain.RegistryStream(s.Kommun)); err != nil {
		return err
	}
	body.Orders, err = s.ordersShown(r, p.Person, body)
	p.Title, p.Menu, p.Body = "Starta en cykel", "cykler", body
	return err
}

func shownCheck(check api.LaunchCheck, from domain.Stage) *launchShown {
	shown := &launchShown{LaunchCheck: check, From: from}
	for _, f := range check.Findings {
		stops := f.Level == domain.LevelError
		if stops {
			shown.Errors++
		}
		title := rehearsal.Heading(f.Code)
		i := slices.IndexFunc(shown.Kinds, func(k findingKind) bool { return k.Title == title && k.Stops == stops })
		if i < 0 {
			i = len(shown.Kinds)
			shown.Kinds = append(shown.Kinds, findingKind{Title: title, Stops: stops})
		}
		shown.Kinds[i].Texts = append(shown.Kinds[i].Texts, f.Text)
	}
	return shown
}

func (s *Server) ordersShown(r *http.Request, person domain.PersonID, body *launchBody) (shown []orderShown, err error) {
	answer, err := s.orders(nil, r, person)
	if err != nil {
		return nil, err
	}
	for _, o := range answer.(api.Orders).Orders { // what orders answers
		row := orderShown{OrderRow: o, ByName: body.Name(o.By), ConfirmedName: body.Name(o.Confirmed), ID: rand.Text(),
			MayConfirm: body.Launcher && o.Stream == "" && (o.Confirmed != "" || o.By != person)}
		if o.Stream != "" {
			row.Link = pagePath(o.Stream)
		}
		shown = append(shown, row)
	}
	return shown, nil
}

// orderForm orders a launch; refused, the form is there still as it was filled in.
func (s *Server) orderForm(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	v, err := launchForm(w, r)
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	plan, err := planOf(v)
	var ordered api.Ordered
	if err == nil {
		ordered, err = s.orderLaunch(r.Context(), p.Person, api.OrderLaunch{ID: v.Get("id"), LaunchPlan: plan, Dnr: v.Get("dnr"), Paragraph: v.Get("paragraf"),
			Date: domain.Date(v.Get("datum")), Despite: v.Get("trots")})
	}
	if err == nil {
		goOn(w, r, "/starta", ordered.Receipt)
		return
	}
	problem := s.problemOf(r, err)
	if !callerOf(r.Context()).Standing.Member || s.fillLaunch(r, p, v) != nil {
		s.faultPage(w, r, p, problem)
		return
	}
	p.Fault = problem
	s.write(w, r, problem.Status, "starta", p)
}

// confirmForm confirms an order and starts its cycle.
func (s *Server) confirmForm(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	v, err := launchForm(w, r)
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	number, err := strconv.ParseUint(v.Get("nummer"), 10, 63)
	if err != nil {
		s.faultPage(w, r, p, noOrder(v.Get("nummer")))
		return
	}
	receipt, err := s.confirm(r.Context(), p.Person, number, v.Get("id"))
	if err == nil {
		to := pagePath(receipt.Stream)
		if receipt.Status != api.StatusDone {
			to = "/starta" // the cycle has no page before it stands in the journal
		}
		goOn(w, r, to, receipt)
		return
	}
	problem := s.problemOf(r, err)
	if !callerOf(r.Context()).Standing.Member || s.fillLaunch(r, p, url.Values{}) != nil {
		s.faultPage(w, r, p, problem)
		return
	}
	p.Fault = problem
	s.write(w, r, problem.Status, "starta", p)
}

func launchForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		return nil, domain.Refuse(domain.CodeBadCommand, "Formuläret kom inte fram helt (%v). Skicka det igen.", fmt.Sprint(err))
	}
	return r.PostForm, nil
}
