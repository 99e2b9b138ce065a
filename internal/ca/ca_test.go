package ca

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wsprobe/internal/installed"
)

// opened opens the authority of a folder.
func opened(t *testing.T, dir string) *Authority {
	t.Helper()
	a, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestOpenMakesItOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "settings", "wsproxy")
	a, made, err := Open(dir)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, KeyFile: 0o600, CertFile: 0o644} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: %v %v", name, info.Mode(), err)
		}
	}
	again, made, err := Open(dir)
	if err != nil || made || !again.Certificate.Equal(a.Certificate) {
		t.Error("it is another the second time", made, err)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Error(entries)
	}
}

// However many begin at the same time, and whatever one of them had finished when it
// was stopped, they come to the same authority.
func TestAllComeToTheSame(t *testing.T) {
	for name, prepare := range map[string]func(dir string){
		"new":        func(string) {},
		"a key only": func(dir string) { opened(t, dir); os.Remove(filepath.Join(dir, CertFile)) },
	} {
		dir := filepath.Join(t.TempDir(), name)
		prepare(dir)
		var all sync.WaitGroup
		var found [8]string
		for i := range found {
			all.Go(func() { found[i] = Fingerprint(opened(t, dir).Certificate) })
		}
		all.Wait()
		if len(slices.Compact(found[:])) != 1 {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestRenew(t *testing.T) {
	dir := t.TempDir()
	first := opened(t, dir)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := Renew(dir); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	a := opened(t, dir)
	if a.Certificate.Equal(first.Certificate) || a.key.Equal(first.key) || a.Certificate.Subject.CommonName == first.Certificate.Subject.CommonName {
		t.Error("it is the old one")
	}
}

// expired puts a certificate in a folder that is no longer valid.
func expired(t *testing.T, dir string) {
	a := opened(t, dir)
	template := *a.Certificate
	template.NotBefore, template.NotAfter = time.Now().AddDate(-2, 0, 0), time.Now().AddDate(0, 0, -1)
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(dir, CertFile), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
}

func TestOpenRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(dir string)
		is      error
		says    string
	}{
		"a key that others read": {func(dir string) { opened(t, dir); os.Chmod(filepath.Join(dir, KeyFile), 0o640) }, ErrOpenKey, "ca-key.pem has mode 0640"},
		"an old one":             {func(dir string) { expired(t, dir) }, ErrExpired, "expired on"},
		"two halves": {func(dir string) {
			other := t.TempDir()
			opened(t, dir)
			opened(t, other)
			os.Rename(filepath.Join(other, CertFile), filepath.Join(dir, CertFile))
		}, errTorn, "do not belong together"},
		"no PEM": {func(dir string) { os.WriteFile(filepath.Join(dir, KeyFile), []byte("x"), 0o600) }, nil, "no key in PEM"},
	} {
		dir := t.TempDir()
		tt.prepare(dir)
		_, _, err := Open(dir)
		if err == nil || tt.is != nil && !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLeaf(t *testing.T) {
	a := opened(t, t.TempDir())
	roots := x509.NewCertPool()
	roots.AddCert(a.Certificate)
	for _, names := range [][]string{{"example.com"}, {"127.0.0.1"}, {"::1", "xn--bcher-kva.example"}, {strings.Repeat("long.", 40) + "example"}, {"under_score.example"}} {
		cert, err := a.Leaf(names...)
		if err != nil {
			t.Errorf("%q: %v", names, err)
			continue
		}
		for _, name := range names {
			if _, err := cert.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots}); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
		if cert.Leaf.NotAfter.Sub(cert.Leaf.NotBefore) > leafValidity || cert.Leaf.IsCA {
			t.Errorf("%q: valid until %v", names, cert.Leaf.NotAfter)
		}
		if again, _ := a.Leaf(names...); again != cert {
			t.Errorf("%q is signed again", names)
		}
	}
	for _, name := range []string{"", "two words", "bücher.example", strings.Repeat("x", 256), "a\x00.example"} {
		if _, err := a.Leaf(name); err == nil {
			t.Errorf("a certificate for %q", name)
		}
	}
}

// No leaf is valid for longer than what signs it.
func TestLeafEndsWithItsAuthority(t *testing.T) {
	a := opened(t, t.TempDir())
	soon := *a.Certificate
	soon.NotAfter = time.Now().Add(time.Hour)
	a.Certificate = &soon
	if cert, err := a.Leaf("example.com"); err != nil || cert.Leaf.NotAfter.After(soon.NotAfter) {
		t.Error(err, cert.Leaf.NotAfter)
	}
}

func TestLeavesAreBounded(t *testing.T) {
	a := opened(t, t.TempDir())
	for i := range maxLeaves + 10 {
		if _, err := a.Leaf(fmt.Sprintf("host%d.example", i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.leaves) > maxLeaves {
		t.Error(len(a.leaves))
	}
}

func TestSerialsFit(t *testing.T) {
	most := new(big.Int).Lsh(big.NewInt(1), 159)
	for range 100 {
		if n, err := newSerial(); err != nil || n.Sign() <= 0 || n.Cmp(most) >= 0 {
			t.Error(n, err)
		}
	}
}

// openssl runs it, if it is there.
func openssl(t *testing.T, args ...string) (out string, ok bool) {
	t.Helper()
	if !installed.Program(t, "openssl") {
		return "", false
	}
	p, _ := exec.Command("openssl", args...).CombinedOutput()
	return string(p), true
}

func TestOpenSSLVerifies(t *testing.T) {
	dir := t.TempDir()
	a := opened(t, dir)
	leaf, err := a.Leaf("127.0.0.1", "example.com")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "leaf.pem")
	os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Leaf.Raw}), 0o600)
	own := filepath.Join(dir, CertFile)
	for args, want := range map[string]string{
		"verify -x509_strict -CAfile " + own + " -verify_hostname example.com " + name: "leaf.pem: OK",
		"verify -x509_strict -CAfile " + own + " -verify_ip 127.0.0.1 " + name:         "leaf.pem: OK",
		"verify -CAfile " + own + " -verify_hostname example.org " + name:              "hostname mismatch",
		"verify " + name:                                   "unable to get local issuer",
		"x509 -noout -text -in " + own:                     "CA:TRUE, pathlen:0",
		"x509 -noout -fingerprint -sha256 -in " + own:      Fingerprint(a.Certificate),
		"ec -in " + filepath.Join(dir, KeyFile) + " -text": "prime256v1",
	} {
		if out, ok := openssl(t, strings.Fields(args)...); ok && !strings.Contains(out, want) {
			t.Errorf("openssl %s: %s", args, out)
		}
	}
	if _, ok := leaf.PrivateKey.(*ecdsa.PrivateKey); !ok {
		t.Error("the leaf's key is no ECDSA key")
	}
}
