package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// decisionsReview tells what is about to be noted, before it is.
type decisionsReview struct {
	Rows     []*decisionRow
	Would    api.Preview // the mails, of all cycles together
	Warnings []string
	Hidden   []hidden
}

// reviewDecisions shows what was filled in once more, in sentences, with what it leads to. Nothing is noted. Buttons that
// only ask for the form again, with more lines or with the votes counted, give that.
func (s *Server) reviewDecisions(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	v, err := s.readPosted(w, r)
	if err == nil {
		err = s.fillDecisions(r, p, v)
	}
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	body := p.Body.(*decisionsBody)
	if v.Get("gor") == "fyll" || body.Meeting == nil {
		s.write(w, r, http.StatusOK, "beslut", p)
		return
	}
	review, err := s.tryDecisions(r.Context(), p.Person, body)
	if err == nil && len(body.Faulty) == 0 && len(body.Gone) == 0 {
		body.Review = review
		review.Hidden = hiddenOf(v)
		p.Title = "Granska: " + p.Title
		s.write(w, r, http.StatusOK, "beslut-granska", p)
		return
	}
	s.decisionsRefused(w, r, p, body, err)
}

// decisionsRefused shows the form again as it was filled in, with what is wrong at the row where it is.
func (s *Server) decisionsRefused(w http.ResponseWriter, r *http.Request, p *page, body *decisionsBody, err error) {
	status := http.StatusUnprocessableEntity
	if err != nil {
		p.Fault = s.problemOf(r, err)
		status = p.Fault.Status
	}
	p.Title = "Fel: " + p.Title
	s.write(w, r, status, "beslut", p)
}

// refusedOn shows a form again as it was filled in, with what is wrong with it.
func (s *Server) refusedOn(w http.ResponseWriter, r *http.Request, p *page, form string, err error) {
	p.Fault = s.problemOf(r, err)
	s.write(w, r, p.Fault.Status, form, p)
}

// hiddenOf carries a form on to the next.
func hiddenOf(v url.Values) (all []hidden) {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range v[name] {
			if value != "" && name != "gor" {
				all = append(all, hidden{name, value})
			}
		}
	}
	return all
}

// tryDecisions judges every chosen row in turn on a copy of its cycle, so that each fault is told where it is, and then the
// batches as they would be given. Nothing is written down.
func (s *Server) tryDecisions(ctx context.Context, person domain.PersonID, b *decisionsBody) (*decisionsReview, error) {
	streams, rows := b.chosenRows()
	if len(streams) == 0 && len(b.Gone) == 0 {
		return nil, domain.Refuse(domain.CodeBadCommand, "Inget utfall är valt. Välj vad som beslutades i minst ett ärende.")
	}
	used := map[string]*decisionRow{} // the rules see one cycle at a time, and refuse the same § there
	for _, stream := range streams {
		for _, row := range rows[stream] {
			if err := row.note(); err != nil {
				b.fault(row, err)
				continue
			}
			if other := used[row.part.Paragraph]; other != nil && other.Stream != row.Stream {
				b.fault(row, domain.Refuse(domain.CodeParagraphUsed, "§ %s är också ifylld för %s. Kontrollera paragrafen i protokollet.", row.part.Paragraph, other.Step.Title))
			}
			used[row.part.Paragraph] = row
		}
		if err := s.tryCycle(ctx, person, b, stream, rows[stream]); err != nil {
			return nil, err
		}
	}
	review := &decisionsReview{}
	if len(b.Faulty) > 0 {
		return review, nil
	}
	for _, stream := range streams {
		review.Rows = append(review.Rows, rows[stream]...)
		in := b.batchOf(stream, rows[stream])
		would, err := s.previewOf(ctx, stream, person, &in)
		if err != nil {
			return nil, err
		}
		review.Would.Mails = append(review.Would.Mails, would.Mails...)
		review.Would.MailCount += would.MailCount
		review.Warnings = append(review.Warnings, would.Warnings...)
	}
	return review, nil
}

func (b *decisionsBody) fault(row *decisionRow, err error) {
	if row.Fault == "" {
		row.Fault = err.Error()
		b.Faulty = append(b.Faulty, row)
	}
}

// tryCycle judges the rows of one cycle, each after those before it.
func (s *Server) tryCycle(ctx context.Context, person domain.PersonID, b *decisionsBody, stream string, rows []*decisionRow) error {
	batch := b.batchOf(stream, rows)
	commands := make([]domain.Command, len(rows))
	for i, row := range rows {
		if row.Fault != "" {
			continue
		}
		one := batch
		one.Parts = []api.Part{row.part}
		c, err := s.commandWith(ctx, stream, person, &one, &texts{})
		if err == nil {
			commands[i] = c.Parts[0].Alone(&c)
			commands[i].ID = fmt.Sprintf("%s/%d", c.ID, i)
			continue
		}
		if refusalOf(err) == nil {
			return err
		}
		b.fault(row, err)
	}
	return s.Store.View(ctx, stream, func(st *domain.State) error {
		on := st.Clone()
		for i, row := range rows {
			if row.Fault != "" {
				continue
			}
			events, err := domain.Decide(on, commands[i], now())
			if err != nil {
				if refusalOf(err) == nil {
					return err
				}
				b.fault(row, err)
				continue
			}
			row.Says = nil
			for j := range events {
				if err := domain.Apply(on, events[j]); err != nil {
					return err
				}
				row.Says = append(row.Says, domain.Sentence(on, &events[j]))
			}
			row.tell()
		}
		return nil
	})
}

// tell says what was filled in, for the review.
func (r *decisionRow) tell() {
	for _, o := range r.Outcomes {
		if o.Chosen {
			r.Word = o.Label
		}
	}
	add := func(label, value string) {
		if value != "" {
			r.Facts = append(r.Facts, reviewRow{Label: label, Value: value})
		}
	}
	r.Facts = nil
	part := &r.part
	if part.Date != "" {
		add("Beslutades", longDay(part.Date, ""))
	}
	add("Diarienummer", part.Dnr)
	if x := part.Record; x != nil {
		for _, item := range x.Items {
			add("Att-sats "+item.No, item.Outcome.Swedish())
		}
		if v := x.Votes; v != nil {
			add("Röster", fmt.Sprintf("%d för, %d emot, %d avstod, %d närvarande", v.For, v.Against, v.Abstained, v.Present))
		}
		add("Skäl till majoritet eller minoritet", x.ClassReason)
		for _, res := range x.Reservations {
			add("Reservation", res.Text)
		}
		add("Ersättare som tjänstgjorde", strings.Join(x.Served, ", "))
		if x.Wording != "" {
			r.Facts = append(r.Facts, reviewRow{Label: "Beslutad lydelse", Value: "Fil", Hash: x.Wording})
		}
		if x.Discharge != "" {
			add("Ansvarsfrihet", string(x.Discharge))
		}
		if m := x.Remark; m != nil {
			made := "nej"
			if m.Made {
				made = "ja. " + m.Reason
			}
			add("Anmärkning", made)
		}
		if x.Immediate {
			add("Justering", "paragrafen justerades omedelbart")
		}
	}
	for _, f := range part.Figures {
		body := stepBody{Step: r.Step}
		add(body.FigureTitle(f.ID, f.Unit), f.Amount)
	}
	add("Motivering", part.Text)
}

// Then is what follows from the decision, beyond the decision itself.
func (r *decisionRow) Then() []string { return r.Says[min(1, len(r.Says)):] }

// registerDecisions notes what was reviewed: one command for each cycle, whose rows are noted together or not at all.
func (s *Server) registerDecisions(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	v, err := s.readPosted(w, r)
	if err == nil && !callerOf(r.Context()).Standing.Member {
		err = domain.Refuse(domain.CodeNoAccess, "Du är inloggad, men har ingen roll här i dag. Be registeransvarig att lägga in dig och din roll.")
	}
	if err == nil {
		err = s.fillDecisions(r, p, v)
	}
	if err != nil {
		s.faultPage(w, r, p, err)
		return
	}
	body := p.Body.(*decisionsBody)
	if body.Meeting == nil {
		s.faultPage(w, r, p, domain.Refuse(domain.CodeBadCommand, "Formuläret säger inte vilket sammanträde det gäller. Ladda om sidan och gör om."))
		return
	}
	receipts := url.Values{"id": {body.ID}, "mote": {string(body.Meeting.ID)}}
	for _, stream := range filledStreams(v) { // sent twice, it is done once
		if err := s.checkStream(stream); err != nil {
			s.faultPage(w, r, p, err)
			return
		}
		if _, found, err := s.journalled(r.Context(), stream, body.ID+"/"+stream, ""); err == nil && found {
			receipts.Add("hos", stream)
		}
	}
	streams, rows := body.chosenRows()
	streams = slices.DeleteFunc(streams, func(stream string) bool { return slices.Contains(receipts["hos"], stream) })
	for _, stream := range streams {
		for _, row := range rows[stream] {
			if err := row.note(); err != nil {
				body.fault(row, err)
			}
		}
	}
	if len(body.Gone) > 0 && len(receipts["hos"]) == 0 || len(body.Faulty) > 0 {
		s.decisionsRefused(w, r, p, body, nil)
		return
	}
	for _, stream := range streams {
		if _, err = s.give(r.Context(), stream, p.Person, body.batchOf(stream, rows[stream])); err != nil {
			break
		}
		receipts.Add("hos", stream)
	}
	if err == nil && len(receipts["hos"]) > 0 {
		http.Redirect(w, r, "/beslut/kvittens?"+receipts.Encode(), http.StatusSeeOther)
		return
	}
	if err == nil {
		err = domain.Refuse(domain.CodeBadCommand, "Inget utfall är valt. Välj vad som beslutades i minst ett ärende.")
	}
	// Each fault is told at its row; what cannot be tried is only told above.
	if _, tried := s.tryDecisions(r.Context(), p.Person, body); tried != nil && refusalOf(tried) == nil {
		s.faultPage(w, r, p, tried)
		return
	}
	s.decisionsRefused(w, r, p, body, err)
}

// filledStreams are the cycles that a form has chosen outcomes in, whether their steps can still be decided or not.
func filledStreams(v url.Values) (all []string) {
	for _, f := range filledRows(v) {
		if f.chosen() && !slices.Contains(all, f.stream) && strings.Count(f.stream, "/") >= 2 {
			all = append(all, f.stream)
		}
	}
	return all
}

// decisionReceipt is where one decision stands in the journal.
type decisionReceipt struct {
	Title, Link, Says string
	Index             uint64
	Leaf              domain.Digest
	Proof             string // where the receipt file is fetched
}

// decisionReceipts tells what was noted, decision by decision, and where it stands in the journal.
func (s *Server) decisionReceipts(r *http.Request, p *page) (string, error) {
	body := struct {
		Rows     []decisionReceipt
		Waiting  []string // cycles whose decisions are not in the journal yet
		Warnings []string
		Back     string
	}{}
	id := r.URL.Query().Get("id")
	for _, stream := range r.URL.Query()["hos"] {
		if strings.Count(stream, "/") < 2 || s.checkStream(stream) != nil {
			return "", s.noSuchPlace(stream)
		}
		receipt, found, err := s.journalled(r.Context(), stream, id+"/"+stream, "")
		if err != nil {
			return "", err
		}
		p.Exercise = p.Exercise || strings.HasPrefix(stream, "exercise/")
		body.Back = "/beslut"
		if p.Exercise {
			body.Back += "?" + url.Values{"cykel": {stream}}.Encode()
		}
		if !found {
			body.Waiting = append(body.Waiting, stream)
			continue
		}
		body.Warnings = append(body.Warnings, receipt.Warnings...)
		entries, err := s.Store.Entries(r.Context(), stream, receipt.First, int(receipt.Last-receipt.First)+1)
		if err != nil {
			return "", err
		}
		err = s.Store.View(r.Context(), stream, func(st *domain.State) error {
			for i := range entries {
				e := &entries[i].Event
				if e.Paragraph == "" || e.Step == "" {
					continue // what followed
				}
				body.Rows = append(body.Rows, decisionReceipt{st.StepTitle(e.Step), stepPath(stream, e.Step), domain.Sentence(st, e), entries[i].Index, leafHash(entries[i].Leaf), proofPath(domain.LogOf(stream), entries[i].Index)})
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	if len(r.URL.Query()["hos"]) == 0 {
		return "", domain.Refuse(domain.CodeNotFound, "Adressen säger inte vilka beslut det gäller. De står i journalen.")
	}
	p.Title, p.Menu, p.Body = "Besluten är registrerade", "beslut", body
	if len(body.Waiting) > 0 {
		p.Title = "Besluten är mottagna"
	}
	return "beslut-kvittens", nil
}

// readPosted reads a form with files: a file goes to the store as it comes, and its checksum stands where the form's name
// for it says, with .sha at the end.
func (s *Server) readPosted(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	v := url.Values{}
	r.Body = http.MaxBytesReader(w, r.Body, longestForm)
	parts, err := r.MultipartReader()
	if err != nil {
		return v, broken(err)
	}
	room := int64(maxBody)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return v, nil
		}
		if err != nil {
			return v, broken(err)
		}
		if part.FileName() != "" {
			file, err := s.keepFile(r.Context(), part, -1, part.FileName(), part.Header.Get("Content-Type"), "")
			if err != nil {
				return v, err
			}
			v.Set(strings.TrimSuffix(part.FormName(), ".fil"), string(file.SHA256))
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, room+1))
		if err != nil {
			return v, broken(err)
		}
		if room -= int64(len(text)); room < 0 {
			return v, domain.Refuse(domain.CodeBadCommand, "Texterna är tillsammans för långa. Korta dem, eller bifoga dem som fil.")
		}
		if value := strings.ReplaceAll(string(text), "\r\n", "\n"); !strings.HasSuffix(part.FormName(), ".fil") && (value != "" || v.Get(part.FormName()) == "") {
			v.Add(part.FormName(), value)
		}
	}
}
