package ca

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// The files of an authority.
const (
	CertFile = "ca.pem"
	KeyFile  = "ca-key.pem"
)

// Errors of what is in the files. Each has a remedy.
var (
	ErrExpired = errors.New("the certificate has expired")
	ErrOpenKey = errors.New("others can read the key")
	errTorn    = errors.New("the key and the certificate do not belong together")
)

// DefaultDir returns where the user's authority is.
func DefaultDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("finding a folder for the CA: %w", err)
	}
	return filepath.Join(dir, "wsproxy"), nil
}

// Another process may be about to exchange the files: how often they are read
// anew, and how long is waited before that.
const (
	attempts = 20
	pause    = 10 * time.Millisecond
)

// Open returns the authority of a folder, and made where it is new.
func Open(dir string) (a *Authority, made bool, err error) {
	for range attempts {
		if a, made, err = open(dir); !errors.Is(err, errTorn) {
			break
		}
		time.Sleep(pause)
	}
	if err != nil {
		return nil, false, fmt.Errorf("the CA in %s: %w", dir, err)
	}
	return a, made, nil
}

// open makes what is missing. Whoever is first with the key makes it everybody's,
// and whoever is first with a certificate for that key, too: so two processes come
// to the same authority, and one that is stopped half-way is of no harm.
func open(dir string) (*Authority, bool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, false, err
	}
	key, err := readKey(dir)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(dir)
	}
	if err != nil {
		return nil, false, err
	}
	made := false
	cert, err := readCert(dir)
	if errors.Is(err, fs.ErrNotExist) {
		made = true
		cert, err = makeCert(dir, key)
	}
	if err != nil {
		return nil, false, err
	}
	if time.Now().After(cert.NotAfter) {
		return nil, false, fmt.Errorf("%w on %s", ErrExpired, cert.NotAfter.Format(time.DateOnly))
	}
	a, err := newAuthority(cert, key)
	return a, made, err
}

func makeKey(dir string) (*ecdsa.PrivateKey, error) {
	text, err := freshKey()
	if err != nil {
		return nil, err
	}
	if err := place(filepath.Join(dir, KeyFile), text, 0o600, os.Link); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return readKey(dir)
}

func makeCert(dir string, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := certify(key, time.Now())
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := place(filepath.Join(dir, CertFile), text, 0o644, os.Link); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	cert, err := readCert(dir)
	if errors.Is(err, fs.ErrNotExist) { // someone takes it away for a new one
		err = errTorn
	}
	return cert, err
}

// Renew puts a new authority, with a new key, in the place of the one that is there,
// or is not.
func Renew(dir string) (a *Authority, err error) {
	if err = renewKey(dir); err != nil {
		return nil, err
	}
	for range attempts {
		if err = os.Remove(filepath.Join(dir, CertFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		a, _, err = open(dir)
		if !errors.Is(err, errTorn) { // else someone made one for the key before
			break
		}
	}
	return a, err
}

func renewKey(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	text, err := freshKey()
	if err != nil {
		return err
	}
	return place(filepath.Join(dir, KeyFile), text, 0o600, os.Rename)
}

// place writes a file whole, and then has it appear: by a link it is the first or
// none, by renaming it takes the place of what was there.
func place(name string, text []byte, mode fs.FileMode, appear func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*") // for us alone to read
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return appear(f.Name(), name)
}

func freshKey() ([]byte, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

// readKey reads the key, unless others could do so, too.
func readKey(dir string) (*ecdsa.PrivateKey, error) {
	name := filepath.Join(dir, KeyFile)
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s has mode %04o", ErrOpenKey, name, mode)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	key, err := parseKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return key, nil
}

func parseKey(text []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no key in PEM")
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := any.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("no ECDSA key")
	}
	return key, nil
}

func readCert(dir string) (*x509.Certificate, error) {
	name := filepath.Join(dir, CertFile)
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s: no certificate in PEM", name)
	}
	return x509.ParseCertificate(block.Bytes)
}
