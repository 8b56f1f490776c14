package api

import "arshjul/domain"

// Erasure is what a gallringsbeslut says is to be gone.
type Erasure struct {
	Number    uint64          `json:"number,omitempty" doc:"confirm-erase: the erasure's number."`
	Person    domain.PersonID `json:"person,omitempty" doc:"Whose names, addresses, log-ins and mails are to be gone. A person with a role today or later is refused."`
	Entries   []string        `json:"entries,omitempty" doc:"Entries whose texts are to be gone, each as stream#number, such as cycle/1283/2028#117."`
	Texts     []string        `json:"texts,omitempty" doc:"Single texts, by the commitments that stand in the entries."`
	Files     []string        `json:"files,omitempty" doc:"Documents, by their SHA-256."`
	Dnr       string          `json:"dnr,omitempty" doc:"Diary number of the decision."`
	Paragraph string          `json:"paragraph,omitempty"`
	Date      domain.Date     `json:"date,omitempty" doc:"Of the decision."`
	By        domain.PersonID `json:"by,omitempty" doc:"Given back: who wrote it down."`
	What      string          `json:"what,omitempty" doc:"Given back: how much it is, in Swedish."`
}
