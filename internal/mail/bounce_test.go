package mail

import (
	"strings"
	"testing"
)

// report is what a mail server writes to the sender: what, for people; how it went, for machines; and the mail, or its head.
func report(status, original string) string {
	return strings.ReplaceAll(`From: MAILER-DAEMON@mx.exempel.invalid
To: arshjul@exempel.invalid
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="gräns/1"
MIME-Version: 1.0

--gräns/1
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

--gräns/1
`+status+`
--gräns/1
`+original+`
--gräns/1--
`, "\n", "\r\n")
}

const (
	postfix = `Content-Type: message/delivery-status

Reporting-MTA: dns; mx.exempel.invalid
X-Postfix-Queue-ID: 4F1A2

Final-Recipient: rfc822; p-1@exempel.invalid
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <p-1@exempel.invalid>: Recipient address
    rejected: User unknown
`
	original = `Content-Type: text/rfc822-headers

From: arshjul@exempel.invalid
Subject: Something
Message-ID: <abc123@exempel.invalid>
`
	exchange = `Content-Type: message/delivery-status

Reporting-MTA: dns;mail.exempel.invalid

Final-recipient: RFC822;p-1@exempel.invalid
Action: FAILED
Status: 5.1.10
`
	whole = `Content-Type: message/rfc822
Content-Transfer-Encoding: quoted-printable

From: arshjul@exempel.invalid
Message-Id: <abc123=40x@exempel.invalid>

Text
`
)

func TestReadingWhatCameBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, report string
		want         Bounce
		wrong        string
	}{
		{name: "headers alone", report: report(postfix, original), want: Bounce{"abc123", true, "550 5.1.1 <adressen>: Recipient address rejected: User unknown"}},
		{name: "the whole mail, and no diagnosis", report: report(exchange, whole), want: Bounce{"abc123", true, "5.1.10"}},
		{name: "only late", report: report(strings.Replace(postfix, "Action: failed", "Action: delayed", 1), original), want: Bounce{"abc123", false, "550 5.1.1 <adressen>: Recipient address rejected: User unknown"}},
		{name: "no mail", report: "hej", wrong: "inget mejl"},
		{name: "an ordinary mail", report: "Content-Type: text/plain\r\n\r\nhej", wrong: "ingen rapport"},
		{name: "which mail?", report: report(postfix, "Content-Type: text/rfc822-headers\n\nFrom: x@exempel.invalid\n"), wrong: "Message-ID saknas"},
		{name: "how did it go?", report: report(original, original), wrong: "delivery-status saknas"},
		{name: "cut off", report: report(postfix, original)[:700], wrong: "avhuggen"},
	} {
		got, err := ReadBounce([]byte(tt.report))
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%s: %+v, %v, want an error that says %q", tt.name, got, err, tt.wrong)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: got %+v, %v, want %+v", tt.name, got, err, tt.want)
		}
	}
}
