package server

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// longestForm bounds a form with its files, in bytes.
const longestForm = 8 * domain.MaxFile

// doForm carries out what a form asks for. What was done is told on the page that follows, so that loading it again does
// nothing; what was refused is told on the page with the form, as it was filled in.
func (s *Server) doForm(w http.ResponseWriter, r *http.Request) {
	p := &page{Person: s.personOf(r)}
	if p.Person == "" {
		s.faultPage(w, r, p, notLoggedIn())
		return
	}
	on := stream(r)
	in, values, err := s.readForm(w, r)
	var receipt api.Receipt
	if err != nil {
		err = s.refused(r.Context(), on, domain.Command{ID: in.ID, Kind: in.Kind, Actor: p.Person, Step: in.Step}, err)
	} else if receipt, err = s.give(r.Context(), on, p.Person, in); err == nil {
		goOn(w, r, afterwards(on, &in), receipt)
		return
	}
	problem := asProblem(err)
	if in.Kind == domain.CmdCancel {
		s.refuseCancel(w, r, p, attempt{in.ID, in.Kind, values}, problem)
		return
	}
	if in.Step == "" || strings.HasPrefix(on, "registry/") {
		s.faultPage(w, r, p, problem)
		return
	}
	tried := attempt{in.ID, in.Kind, values}
	if problem.Code == domain.CodeIDReused {
		tried.id = ""
	}
	if s.showStep(r, p, on, in.Step, tried) != nil {
		s.faultPage(w, r, p, problem)
		return
	}
	p.Fault = problem
	s.write(w, r, problem.Status, "steg", p)
}

// afterwards is the page that follows a command that was carried out.
func afterwards(stream string, in *api.Command) string {
	switch {
	case in.Step != "":
		return stepPath(stream, in.Step)
	case in.Kind == domain.CmdConfirmMeeting:
		return "/inkorg"
	case strings.HasPrefix(stream, "registry/"):
		return "/cykler"
	}
	return pagePath(stream)
}

// readForm reads a form part by part: files go to the store as they come, the rest becomes the command. Fields and
// documents get an order of their own, so that the same form sent twice, or reviewed and then sent, is the same command.
func (s *Server) readForm(w http.ResponseWriter, r *http.Request) (in api.Command, values url.Values, err error) {
	values = url.Values{}
	r.Body = http.MaxBytesReader(w, r.Body, longestForm)
	parts, err := r.MultipartReader()
	if err != nil {
		return in, values, broken(err)
	}
	room := int64(maxBody) // for everything but files
	var fault error        // the first; the rest is read all the same, so that the form is shown again as it was filled in
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			if name := values.Get("namn"); name != "" && in.Kind == domain.CmdComment && in.Text != "" {
				in.Text = "@" + name + " " + in.Text
			}
			slices.SortStableFunc(in.Documents, func(a, b api.Document) int { return strings.Compare(a.Def, b.Def) })
			slices.SortStableFunc(in.Fields, func(a, b api.Field) int { return strings.Compare(a.ID, b.ID) })
			return in, values, errors.Join(fault, s.dateReservations(r, &in))
		}
		if err != nil {
			return in, values, broken(err)
		}
		if def, ok := strings.CutPrefix(part.FormName(), "fil."); ok {
			fault = errors.Join(fault, s.readFile(r, part, def, &in))
			if i := slices.IndexFunc(in.Documents, func(d api.Document) bool { return d.Def == def }); i >= 0 && in.Documents[i].SHA256 != "" {
				values.Set("sha."+def, string(in.Documents[i].SHA256))
			}
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, room+1))
		if err != nil {
			return in, values, broken(err)
		}
		if room -= int64(len(text)); room < 0 {
			return in, values, domain.Refuse(domain.CodeBadCommand, "Texterna är tillsammans för långa. Korta dem, eller bifoga dem som fil.")
		}
		value := strings.ReplaceAll(string(text), "\r\n", "\n")
		values.Add(part.FormName(), value)
		if value != "" {
			fault = errors.Join(fault, setMember(&in, part.FormName(), value))
		}
	}
}

func broken(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return domain.Refuse(domain.CodeFileTooLarge, "Filerna är tillsammans större än %d MB. Skicka dem var för sig, eller lämna länkar i stället.", longestForm>>20)
	}
	return domain.Refuse(domain.CodeBadCommand, "Formuläret kom inte fram helt. Skicka det igen.")
}

func (s *Server) readFile(r *http.Request, part *multipart.Part, def string, in *api.Command) error {
	if part.FileName() == "" {
		return nil // no file was chosen
	}
	file, err := s.keepFile(r.Context(), part, -1, part.FileName(), part.Header.Get("Content-Type"), "")
	if err != nil {
		return err
	}
	documentIn(in, def).SHA256 = file.SHA256
	return nil
}

// documentIn gives the document of that definition, new when the form has not named it before.
func documentIn(in *api.Command, def string) *api.Document {
	at := slices.IndexFunc(in.Documents, func(d api.Document) bool { return d.Def == def })
	if at < 0 {
		at = len(in.Documents)
		in.Documents = append(in.Documents, api.Document{Def: def})
	}
	return &in.Documents[at]
}

// setMember puts what was filled in where it belongs in the command.
func setMember(in *api.Command, name, value string) error {
	if def, ok := strings.CutPrefix(name, "lank."); ok {
		documentIn(in, def).Link = value
		return nil
	}
	if def, ok := strings.CutPrefix(name, "sha."); ok { // a file that came with the form when it was reviewed
		documentIn(in, def).SHA256 = domain.Digest(value)
		return nil
	}
	if part, ok := strings.CutPrefix(name, "protokoll."); ok {
		return setRecord(in, part, value)
	}
	if part, ok := strings.CutPrefix(name, "iakttagelse."); ok {
		return setObservation(in, part, value)
	}
	if part, ok := strings.CutPrefix(name, "granskning."); ok {
		setReview(in, part, value)
		return nil
	}
	if id, ok := strings.CutPrefix(name, "falt."); ok {
		in.Fields = append(in.Fields, api.Field{ID: id, Value: value})
		return nil
	}
	if field, ok := strings.CutPrefix(name, "belopp."); ok {
		id, unit, _ := strings.Cut(field, ".")
		in.Figures = append(in.Figures, api.Amount{ID: id, Unit: domain.UnitID(unit), Amount: value})
		return nil
	}
	switch name {
	case "mal":
		aims, err := readAims(value)
		in.Aims = aims
		return err
	case "from":
		in.From = domain.Date(value)
	case "hos": // the stream that a form about an observation is for
	case "namn": // whom a comment names, which is put before its text
	case "id":
		in.ID = value
	case "kind":
		in.Kind = domain.CommandKind(value)
	case "step":
		in.Step = domain.StepID(value)
	case "version":
		in.Version = domain.Digest(value)
	case "text":
		in.Text = value
	case "date":
		in.Date = domain.Date(value)
	case "entry":
		seq, err := strconv.ParseUint(value, 10, 64)
		if err != nil {
			return domain.Refuse(domain.CodeBadCommand, "Välj i listan vilken uppgift som ska rättas.")
		}
		in.Entry = seq
	case "reference":
		in.Reference = value
	case "outcome":
		in.Outcome = domain.Outcome(value)
	case "meeting":
		in.Meeting = domain.MeetingID(value)
	case "paragraph":
		in.Paragraph = value
	case "dnr":
		in.Dnr = value
	case "to":
		in.To = append(in.To, domain.UnitID(value))
	case "need":
		in.Need = domain.StepID(value)
	case "new_meeting", "new_date", "new_last", "new_reserve":
		setMeeting(in, name, value)
	default:
		return domain.Refuse(domain.CodeUnknownField, "Formuläret har inget fält %q. Ladda om sidan och gör om.", name)
	}
	return nil
}

func setMeeting(in *api.Command, name, value string) {
	if in.NewMeeting == nil {
		in.NewMeeting = &domain.Meeting{}
	}
	switch name {
	case "new_meeting":
		in.NewMeeting.ID = domain.MeetingID(value)
	case "new_date":
		in.NewMeeting.Date = domain.Date(value)
	case "new_last":
		in.NewMeeting.Last = domain.Date(value)
	case "new_reserve":
		in.NewMeeting.Reserve = domain.Date(value)
	}
}
