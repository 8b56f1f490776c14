package signer

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// publicOf computes the public part of a key as note prints the secret one: PRIVATE+KEY+name+hash+base64(1 ‖ seed).
func publicOf(secret string) (string, error) {
	parts := strings.Split(secret, "+")
	if len(parts) < 5 {
		return "", errors.New("not a key")
	}
	seed, err := base64.StdEncoding.DecodeString(strings.Join(parts[4:], "+"))
	if err != nil || len(seed) != 1+ed25519.SeedSize || seed[0] != 1 {
		return "", errors.New("not an Ed25519 key")
	}
	return note.NewEd25519VerifierKey(parts[2], ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey))
}
