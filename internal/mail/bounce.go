package mail

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strings"
)

// Bounce is what a mail server's report (RFC 3464) says of a mail that it had taken.
type Bounce struct {
	Mail   string // the mail's id: its Message-ID before the @
	Failed bool   // it will not arrive; otherwise it is only late, or has arrived
	Words  string // why, without addresses
}

// ReadBounce reads a report. The error says in Swedish what is missing.
func ReadBounce(report []byte) (b Bounce, err error) {
	m, err := netmail.ReadMessage(bytes.NewReader(report))
	if err != nil {
		return b, fmt.Errorf("det där är inget mejl: %w", err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" {
		return b, errors.New("det där är ingen rapport från en e-postserver (multipart/report)")
	}
	reported := false
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return b, fmt.Errorf("rapporten är avhuggen: %w", err)
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			return b, fmt.Errorf("rapporten går inte att läsa: %w", err)
		}
		switch kind {
		case "message/delivery-status", "message/global-delivery-status":
			reported = true
			if err := b.status(plain(p)); err != nil {
				return b, err
			}
		case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers":
			if err := b.original(plain(p)); err != nil {
				return b, err
			}
		}
	}
	switch {
	case !reported:
		return b, errors.New("rapporten säger inte hur det gick (message/delivery-status saknas)")
	case b.Mail == "":
		return b, errors.New("rapporten säger inte vilket mejl den gäller (det skickade mejlets Message-ID saknas)")
	}
	return b, nil
}

func plain(p *multipart.Part) io.Reader {
	switch strings.ToLower(p.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		return quotedprintable.NewReader(p)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, p)
	}
	return p
}

// status reads the groups of fields: one of the message, and one for each recipient, of which a mail of ours has one.
func (b *Bounce) status(r io.Reader) error {
	for fields := textproto.NewReader(bufio.NewReader(r)); ; {
		group, err := fields.ReadMIMEHeader()
		if action := group.Get("Action"); action != "" {
			b.Failed = strings.EqualFold(strings.TrimSpace(action), "failed")
			why := group.Get("Diagnostic-Code")
			if _, after, ok := strings.Cut(why, ";"); ok {
				why = strings.TrimSpace(after)
			}
			if why == "" {
				why = group.Get("Status")
			}
			b.Words = discreet(why, "")
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("rapporten går inte att läsa: %w", err)
		}
	}
}

func (b *Bounce) original(r io.Reader) error {
	header, err := textproto.NewReader(bufio.NewReader(r)).ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("rapportens del om det skickade mejlet går inte att läsa: %w", err)
	}
	b.Mail, _, _ = strings.Cut(strings.Trim(strings.TrimSpace(header.Get("Message-Id")), "<>"), "@")
	return nil
}
