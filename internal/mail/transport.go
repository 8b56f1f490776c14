package mail

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"arshjul/domain"
)

// Transport takes mails to one mail server, and knows where it reaches people.
type Transport interface {
	// dial gives a connection that is ready for a mail.
	dial(ctx context.Context, kommun string) (*conn, error)
	// address is where a person is reached; "" is nowhere.
	address(ctx context.Context, kommun string, person domain.PersonID, exercise bool) (string, error)
}

// conn is a connection to a mail server.
type conn struct {
	client  *smtp.Client
	timeout time.Duration // of one mail
	close   func()        // cuts the connection
}

// Close takes leave of the mail server. What it says to that matters to nobody.
func (c *conn) Close() {
	if c.client.UpdateDeadline(time.Second) == nil {
		_ = c.client.Quit()
	}
	c.close()
}

// reply is what became of a mail.
type reply struct {
	code  int // the mail server's; 0 = none came
	words string
	// stage says to what the answer was: "MAIL", "RCPT", "DATA" or "END" of the mail.
	stage string
}

// taken says that the mail server has the mail.
func (r *reply) taken() bool { return r.stage == "END" && r.code/100 == 2 }

// send hands a mail over. err says that the connection is of no more use.
func (c *conn) send(from, to string, m *gomail.Msg) (r reply, err error) {
	if err := c.client.UpdateDeadline(c.timeout); err != nil {
		return reply{stage: "MAIL", words: err.Error()}, err
	}
	if err := c.client.Mail("<" + from + ">"); err != nil {
		return c.failed("MAIL", err)
	}
	if err := c.client.Rcpt("<" + to + ">"); err != nil {
		return c.failed("RCPT", err)
	}
	w, err := c.client.Data()
	if err != nil {
		return c.failed("DATA", err)
	}
	if _, err := m.WriteTo(w); err != nil {
		return reply{stage: "END", words: err.Error()}, err
	}
	if err := w.Close(); err != nil {
		return c.failed("END", err)
	}
	r = reply{code: 250, stage: "END", words: "250"}
	if closer, ok := w.(*smtp.DataCloser); ok {
		r.words = "250 " + closer.ServerResponse()
	}
	return r, nil
}

// failed tells a refusal from a connection that broke. After a refusal the next mail can be tried.
func (c *conn) failed(stage string, err error) (reply, error) {
	var no *textproto.Error
	if !errors.As(err, &no) {
		return reply{stage: stage, words: err.Error()}, err
	}
	r := reply{code: no.Code, stage: stage, words: fmt.Sprintf("%d %s", no.Code, no.Msg)}
	if no.Code == 421 { // the server closes
		return r, err
	}
	if stage != "END" {
		if err := c.client.Reset(); err != nil && !errors.As(err, &no) {
			return r, err
		}
	}
	return r, nil
}
