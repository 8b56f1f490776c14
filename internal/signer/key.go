package signer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"arshjul/internal/proof"

	"golang.org/x/mod/sumdb/note"
)

// NewKey makes a key, writes its secret part to a file that is not there yet and only its owner may read, and gives its
// public part, which everybody may have.
func NewKey(file, name string) (public string, err error) {
	secret, public, err := proof.NewKey(name)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s finns redan. En nyckel skrivs aldrig över: välj ett annat namn, eller flytta undan filen", file)
	}
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(secret + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	return public, nil
}

// Key is a signer's key.
type Key struct {
	note.Signer
	Public string // as note prints it
}

// ReadKey reads a key's file, and refuses one that anybody but its owner can read.
func ReadKey(file string) (Key, error) {
	info, err := os.Stat(file)
	if err != nil {
		return Key{}, fmt.Errorf("undertecknarens nyckel går inte att läsa (%w). Gör en med arshjul signer key new", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("nyckeln %s kan läsas av fler än sin ägare (%s). Kör chmod 600 på den; om någon annan kan ha läst den, byt nyckel", file, info.Mode().Perm())
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return Key{}, err
	}
	text := strings.TrimSpace(string(b))
	s, err := note.NewSigner(text)
	if err != nil {
		return Key{}, fmt.Errorf("%s är ingen nyckel", file) // not the error: it could show a part of the key
	}
	public, err := publicOf(text)
	if err != nil {
		return Key{}, fmt.Errorf("%s är ingen nyckel", file)
	}
	return Key{s, public}, nil
}
