package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// factPages adds the page of what the registry remembers beyond its cycles: negative balanskravsresultat, resultatöverföringar,
// jäv and its rulings, and mandates that end.
func (s *Server) factPages(mux *router) {
	mux.handle("GET /ledning/register", domain.ThingRead, s.changePage(s.fillFacts))
	mux.handle("POST /ledning/register/granska", domain.ThingRehearse, s.reviewChange(s.fillFacts))
	mux.handle("POST /ledning/register", domain.ThingAsk, s.giveChange(s.fillFacts))
}

// factsBody is what the page shows.
type factsBody struct {
	change
	Deficits []deficitRow
	Carried  []carriedRow
	Jav      []javRow
	Mandates []mandateRow
	Kind     domain.CommandKind // of the form that was sent
	Units    []option
	ReportKS string // the step in which the årsredovisning is approved, and the one in which the budget is decided
	BudgetKF string
	Today    domain.Date
}

type deficitRow struct {
	Number                        uint64
	Year, Last                    int
	Amount, Left, Dnr, Step, Says string
	Class                         string
	Acts                          []string
	Follows                       []string // each of the cycles that it is followed through
}

type carriedRow struct{ Year, Unit, Amount, Says, Reason string }

type javRow struct {
	Number          uint64
	Who, What, Says string
	Reason, Stand   string
	Ruled           bool
	Boards          []option
}

type mandateRow struct{ Who, Role, When, Begins string }

// Value is what was filled in in a form of a kind.
func (b *factsBody) Value(kind, name string) string {
	if string(b.Kind) != kind {
		return ""
	}
	return b.Values.Get(name)
}

// Is tells whether an option of a form is the chosen one.
func (b *factsBody) Is(kind, name, value string) bool { return b.Value(kind, name) == value }

func (s *Server) fillFacts(r *http.Request, p *page, v url.Values) (*change, error) {
	open, err := s.Store.Open(r.Context(), s.Kommun)
	if err != nil {
		return nil, err
	}
	body := &factsBody{Kind: domain.CommandKind(v.Get("kind"))}
	if body.change, err = s.changeOf("register", "/ledning/register", domain.ThingRead, v, open); err != nil {
		return nil, err
	}
	for i := range s.Wheel.Wheel.Steps {
		def := &s.Wheel.Wheel.Steps[i]
		switch {
		case def.Matter == domain.MatterReport:
			body.ReportKS = def.ID + "/" + string(def.Body)
		case def.Legal == "KL 11:10" && body.BudgetKF == "":
			body.BudgetKF = def.ID + "/" + string(def.Body)
		}
	}
	names, err := s.names(r.Context(), body.stream)
	if err != nil {
		return nil, err
	}
	var refs []domain.TextRef
	var reg *domain.Registry
	err = s.lookAt(r, p, &body.change, func(registry *domain.Registry, today domain.Date) {
		copied := *registry // its lists are replaced by later changes, never changed
		reg, body.Today = &copied, today
	})
	if err != nil {
		return nil, err
	}
	for _, d := range reg.Deficits {
		for _, a := range d.Acts {
			refs = append(refs, a.Reason)
		}
	}
	for _, c := range reg.CarryOvers {
		refs = append(refs, c.Reason)
	}
	for _, x := range reg.Exclusions {
		refs = append(refs, x.Reason)
	}
	texts, err := s.Store.Texts(r.Context(), slices.DeleteFunc(refs, func(r domain.TextRef) bool { return r == "" })...)
	if err != nil {
		return nil, err
	}
	body.fill(reg, names, func(ref domain.TextRef) string { return readable(texts, ref) }, s.roleTitle, &s.Wheel.Wheel)
	p.Title, p.Menu, p.Exercise, p.Body = "Det registret minns", "ledning", body.Source != "", body
	if row := domain.Row(body.Kind); row != nil {
		body.Title = row.Says
	}
	body.ready(s, func() ([]api.Command, error) {
		in, err := factOf(v)
		return []api.Command{in}, err
	})
	body.try = func(ctx context.Context, person domain.PersonID, commands []api.Command) (err error) {
		body.Would, err = s.previewOf(ctx, body.stream, person, &commands[0])
		return err
	}
	return &body.change, nil
}

var deficitWords = map[domain.DeficitKind]string{domain.DeficitPlan: "Åtgärdsplan antagen", domain.DeficitRegulated: "Reglerat", domain.DeficitSpared: "Synnerliga skäl att inte reglera resten"}

func (b *factsBody) fill(r *domain.Registry, names names, text func(domain.TextRef) string, title func(domain.RoleID) string, wheel *domain.Wheel) {
	unit := func(id domain.UnitID) string {
		if u := r.Unit(id); u != nil {
			return u.Name
		}
		return string(id)
	}
	for _, d := range r.Deficits {
		row := deficitRow{Number: d.Number, Year: d.Year, Last: d.LastYear(), Amount: domain.Kronor(d.Amount), Left: domain.Kronor(d.Left()), Dnr: d.Dnr, Step: string(d.Step), Class: lookOpen.Class}
		switch {
		case d.Left() == 0:
			row.Class, row.Says = lookDone.Class, "Inget är kvar att reglera sedan "+d.Settled().Swedish()+"."
		case b.Today.Year() >= d.LastYear():
			row.Class, row.Says = lookLate.Class, fmt.Sprintf("Beslutet skulle ha fattats senast i budgeten för %d (KL 11:12).", d.LastYear())
		case !d.Planned():
			row.Says = fmt.Sprintf("Åtgärdsplan saknas. Beslut om reglering senast i budgeten för %d (KL 11:12).", d.LastYear())
		default:
			row.Says = fmt.Sprintf("Beslut om reglering senast i budgeten för %d (KL 11:12).", d.LastYear())
		}
		for _, a := range d.Acts {
			says := fmt.Sprintf("%s, cykeln för %d, § %s, %s", deficitWords[a.Kind], a.Cycle, a.Paragraph, a.Date.Swedish())
			if a.Amount != 0 {
				says += ": " + domain.Kronor(a.Amount)
			}
			if reason := text(a.Reason); reason != "" {
				says += ". Skäl: " + reason
			}
			row.Acts = append(row.Acts, says+".")
		}
		for year := d.Year + 1; year <= d.LastYear(); year++ {
			regulated := int64(0)
			for _, a := range d.Acts {
				if a.Kind == domain.DeficitRegulated && a.Cycle == year {
					regulated += a.Amount
				}
			}
			says := "inget beslut antecknat"
			if regulated > 0 {
				says = domain.Kronor(regulated) + " reglerat"
			}
			row.Follows = append(row.Follows, fmt.Sprintf("Budgeten för %d: %s", year, says))
		}
		b.Deficits = append(b.Deficits, row)
	}
	for i, c := range r.CarryOvers {
		says := fmt.Sprintf("§ %s, %s", c.Paragraph, c.Date.Swedish())
		if slices.ContainsFunc(r.CarryOvers[i+1:], func(o domain.CarryOver) bool { return o.Year == c.Year && o.Unit == c.Unit }) {
			says += ", ersatt av en senare"
		}
		b.Carried = append(b.Carried, carriedRow{fmt.Sprintf("%d till %d", c.Year, c.Year+1), unit(c.Unit), domain.Kronor(c.Amount), says, text(c.Reason)})
	}
	slices.Reverse(b.Carried)
	for _, u := range r.Units {
		if u.Kind == domain.KindBoard || u.Kind == domain.KindExecutive || u.Kind == domain.KindCouncil {
			b.Units = append(b.Units, option{string(u.ID), u.Name, b.Value("carry-over", "enhet") == string(u.ID)})
		}
	}
	for _, x := range r.Exclusions {
		row := javRow{Number: x.Number, Who: names.Name(x.Person), Reason: text(x.Reason), Ruled: x.Ruling != nil, What: "alla steg"}
		if x.Def != "" {
			row.What = "steget " + x.Def
		}
		if x.Unit != "" {
			row.What += " i " + unit(x.Unit)
		}
		if x.Year != 0 {
			row.What += fmt.Sprintf(", cykeln för %d", x.Year)
		}
		if x.Replacement != "" {
			row.Stand = names.Name(x.Replacement)
		}
		row.Says = "Nämnden har inte prövat frågan."
		if q := x.Ruling; q != nil {
			row.Says = fmt.Sprintf("Jävig, enligt %s § %s, %s (KL 5:47, 6:30).", unit(q.Unit), q.Paragraph, q.Date.Swedish())
			if q.Cleared {
				row.Says = fmt.Sprintf("Inte jävig, enligt %s § %s, %s. Jävet gäller inte längre.", unit(q.Unit), q.Paragraph, q.Date.Swedish())
			}
		}
		b.Jav = append(b.Jav, row)
	}
	until := domain.NewDate(b.Today.Year()+4, 12, 31)
	for _, m := range r.Unrenewed(wheel, b.Today, until) {
		row := mandateRow{Who: names.Name(m.Person), Role: title(m.Role) + ", " + unit(m.Unit), When: period(m.From, m.To)}
		for year := b.Today.Year() - 1; year <= until.Year() && row.Begins == ""; year++ {
			if begins := r.Unit(m.Unit).Kind.MandateFrom(year); domain.ElectionYear(year) && begins >= b.Today && begins > m.From {
				row.Begins = begins.Swedish()
			}
		}
		b.Mandates = append(b.Mandates, row)
	}
}

// factOf makes the command of one of the page's forms.
func factOf(v url.Values) (in api.Command, err error) {
	in = api.Command{ID: v.Get("id"), Kind: domain.CommandKind(v.Get("kind")), Text: strings.TrimSpace(v.Get("skal"))}
	year, amount := 0, domain.Money(0)
	if text := strings.TrimSpace(v.Get("ar")); text != "" {
		if year, err = strconv.Atoi(text); err != nil {
			return in, domain.Refuse(domain.CodeYear, "%q är inget år. Skriv det med fyra siffror, till exempel 2027.", text)
		}
	}
	if text := strings.TrimSpace(v.Get("belopp")); text != "" {
		if amount, err = domain.ParseMoney(text); err != nil {
			return in, err
		}
	}
	number, _ := strconv.ParseUint(v.Get("nummer"), 10, 63) // what is no number is refused as one that there is not
	step, day, paragraph := domain.StepID(strings.TrimSpace(v.Get("steg"))), domain.Date(v.Get("dag")), strings.TrimSpace(v.Get("paragraf"))
	switch in.Kind {
	case domain.CmdNoteDeficit:
		in.Deficit = &domain.Deficit{Year: year, Step: step, Amount: int64(amount), Dnr: strings.TrimSpace(v.Get("dnr"))}
	case domain.CmdFollowDeficit:
		in.Deficit = &domain.Deficit{Number: number, Acts: []domain.DeficitAct{{Kind: domain.DeficitKind(v.Get("slag")), Cycle: year, Step: step, Amount: int64(amount), Date: day, Paragraph: paragraph}}}
	case domain.CmdCarryOver:
		in.CarryOver = &domain.CarryOver{Year: year, Step: step, Unit: domain.UnitID(v.Get("enhet")), Amount: int64(amount), Date: day, Paragraph: paragraph}
	case domain.CmdRuleExclusion:
		in.Exclusion = &api.Exclusion{Number: number, Ruling: &domain.Ruling{Cleared: v.Get("utfall") == "inte-javig", Date: day, Paragraph: paragraph, Unit: domain.UnitID(v.Get("enhet"))}}
	default:
		return in, domain.Refuse(domain.CodeUnknownKind, "Formuläret säger inte vad som ska antecknas. Ladda om sidan och gör om.")
	}
	return in, nil
}
