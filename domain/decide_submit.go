package domain

import "strings"

// content is what a version's hash is taken over.
type content struct {
	Documents []Document   `json:"documents,omitempty"`
	Reference string       `json:"reference,omitempty"`
	Fields    []FieldValue `json:"fields,omitempty"`
	Figures   []Figure     `json:"figures,omitempty"`
	Aims      []Aim        `json:"aims,omitempty"`
}

// VersionOf gives the hash that identifies a version without figures and mål: its documents, reference and fields.
func VersionOf(documents []Document, reference string, fields []FieldValue) Digest {
	return DigestOf(Canonical(content{Documents: documents, Reference: reference, Fields: fields}))
}

// submit judges a new version: every document and field is one of the step's, those required are there, and files are
// of a size the store keeps.
func (j *judge) submit(st *Step, def *StepDef, e Event) error {
	if err := j.checkDocuments(def); err != nil {
		return err
	}
	if err := j.checkFields(def); err != nil {
		return err
	}
	if j.s.Rules >= 3 && st.Owes && j.c.Text == "" {
		return refuse(CodeReplyMissing, "%s kom tillbaka med en anvisning. Skriv vad som har gjorts med anledning av den, också när förslaget är detsamma.", j.title(st))
	}
	e.Documents, e.Reference, e.Fields = j.c.Documents, j.c.Reference, j.c.Fields
	if err := j.planned(st, def, &e); err != nil {
		return err
	}
	e.Version = DigestOf(Canonical(content{e.Documents, e.Reference, e.Fields, e.Figures, e.Aims}))
	e.VersionNo = 1
	if s := st.Submission; s != nil {
		if s.Hash == e.Version && st.Status == StatusSubmitted {
			return refuse(CodeNothingChanged, "Samma version är redan inlämnad. Inget har ändrats.")
		}
		e.VersionNo = s.No + 1
	}
	e.Date = j.today
	j.emit(e)
	return nil
}

func (j *judge) checkDocuments(def *StepDef) error {
	for _, d := range j.c.Documents {
		if !hasDocument(def, d.Def) {
			return refuse(CodeUnknownDocument, "%s har ingen handling %q. De som finns är: %s.", def.Title, d.Def, documentNames(def))
		}
		if d.SHA256 == "" && d.Link == "" {
			return refuse(CodeDocumentMissing, "Handlingen %s saknar både fil och länk. Bifoga filen eller ange länken.", d.Def)
		}
		if d.SHA256 != "" && !d.SHA256.Valid() || d.Link != "" && !Digest(d.Link).Valid() || d.Size < 0 {
			return refuse(CodeBadCommand, "Handlingen %s har en kontrollsumma som inte går att läsa. Skicka filen igen.", d.Def)
		}
		if err := CheckUpload(d.Size, "", ""); err != nil {
			return err
		}
	}
	for _, want := range def.Documents {
		found := false
		for _, d := range j.c.Documents {
			found = found || d.Def == want.ID
		}
		if want.Required && !found {
			return refuse(CodeDocumentMissing, "Handlingen %s saknas. Bifoga den eller ange en länk till den.", want.Title)
		}
	}
	return nil
}

func (j *judge) checkFields(def *StepDef) error {
	for i, f := range j.c.Fields {
		known := false
		for _, d := range def.Fields {
			known = known || d.ID == f.ID && d.IsText()
		}
		if !known {
			return refuse(CodeUnknownField, "%s har inget fält %q. Ta bort det.", def.Title, f.ID)
		}
		if !Digest(f.Value).Valid() {
			return refuse(CodeBadCommand, "Fältet %s är inte kontrollsumman av ett sparat värde.", f.ID)
		}
		for _, g := range j.c.Fields[:i] {
			if g.ID == f.ID {
				return refuse(CodeBadCommand, "Fältet %s står två gånger. Ta bort det ena.", f.ID)
			}
		}
	}
	for _, want := range def.Fields {
		found := false
		for _, f := range j.c.Fields {
			found = found || f.ID == want.ID
		}
		if want.Required && want.IsText() && !found {
			return refuse(CodeFieldMissing, "Fältet %s är inte ifyllt. Fyll i det.", want.Title)
		}
	}
	return nil
}

func hasDocument(def *StepDef, id string) bool {
	for _, d := range def.Documents {
		if d.ID == id {
			return true
		}
	}
	return false
}

func documentNames(def *StepDef) string {
	if len(def.Documents) == 0 {
		return "inga"
	}
	names := make([]string, len(def.Documents))
	for i, d := range def.Documents {
		names[i] = d.ID
	}
	return strings.Join(names, ", ")
}
