package server

import (
	"fmt"
	"net/url"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// substituteOf makes the command of the form by which a substitute is laid in.
func substituteOf(v url.Values) ([]api.Command, error) {
	var number uint64
	if _, err := fmt.Sscan(v.Get("roll"), &number); err != nil {
		return nil, domain.Refuse(domain.CodeBindingUnknown, "Välj vems roll det gäller.")
	}
	sub := &domain.Substitute{Binding: number, Person: domain.PersonID(v.Get("person")), From: domain.Date(v.Get("fran")), To: domain.Date(v.Get("till"))}
	return []api.Command{{ID: v.Get("id"), Kind: domain.CmdSubstitute, Substitute: sub}}, nil
}

// sayWho tells whom the filled-in form is about, in words: whose open tasks somebody else may do, and when.
func (b *unitBody) sayWho(v url.Values) {
	b.Title, b.from = "ersättare i "+b.Unit.Name, domain.Date(v.Get("fran"))
	for _, o := range b.Bindings {
		if o.Chosen {
			b.ReviewFor = o.Label
		}
	}
	for _, o := range b.People {
		if o.Chosen {
			b.ReviewWho = o.Label
		}
	}
	b.ReviewFrom, b.ReviewTo = longDay(b.from, b.today), longDay(domain.Date(v.Get("till")), b.today)
}
