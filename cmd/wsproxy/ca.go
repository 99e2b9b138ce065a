package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"wsprobe/internal/ca"
)

const caUsage = `wsproxy ca shows the local CA, which signs the certificates that TLS clients are
shown, and tells how to have it trusted. Its first use makes it.

    wsproxy ca [flags]

    --export FILE         write the certificate there, - for standard output, in PEM
    --der                 in DER
    --renew               put a new CA, with a new key, in its place
    --ca-dir DIR          where it is (wsproxy, where the user's programs keep their settings)
`

// trustText tells how to have the certificate at %[1]s trusted.
const trustText = `
To have it trusted, and only where you need that:

  curl       curl --cacert %[1]s …
  Node.js    NODE_EXTRA_CA_CERTS=%[1]s node …
  Python     SSL_CERT_FILE=%[1]s python3 …   (requests: REQUESTS_CA_BUNDLE)
  Go         SSL_CERT_FILE=%[1]s …   (Linux)
  Java       keytool -importcert -noprompt -alias wsproxy -file %[1]s -keystore ws.p12 -storepass changeit
             java -Djavax.net.ssl.trustStore=ws.p12 -Djavax.net.ssl.trustStorePassword=changeit …
  Firefox    Settings, Privacy & Security, View Certificates, Authorities, Import
  Chromium   Linux: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n wsproxy -i %[1]s   (libnss3-tools)
  Debian     sudo cp %[1]s /usr/local/share/ca-certificates/wsproxy.crt && sudo update-ca-certificates
  Fedora     sudo cp %[1]s /etc/pki/ca-trust/source/anchors/wsproxy.pem && sudo update-ca-trust
  macOS      sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain %[1]s
  Windows    certutil -addstore -f Root %[1]s   (as administrator)
`

// caFlags are those of wsproxy ca.
type caFlags struct {
	dir, export string
	der, renew  bool
}

func defineCADir(flags *pflag.FlagSet, dir *string) { flags.StringVar(dir, "ca-dir", "", "") }

// setupCA is the command about the local CA.
func setupCA(flags *pflag.FlagSet) func(context.Context, *app, []string) error {
	var c caFlags
	defineCADir(flags, &c.dir)
	flags.StringVar(&c.export, "export", "", "")
	flags.BoolVar(&c.der, "der", false, "")
	flags.BoolVar(&c.renew, "renew", false, "")
	return func(_ context.Context, a *app, _ []string) error {
		if c.der && c.export == "" {
			return mistake{errors.New("--der is for --export")}
		}
		return c.run(a)
	}
}

func (c *caFlags) run(a *app) error {
	dir, err := caFolder(c.dir)
	if err != nil {
		return err
	}
	if c.renew {
		if _, err := ca.Renew(dir); err != nil {
			return fmt.Errorf("renewing the CA in %s: %w", dir, err)
		}
		fmt.Fprintln(a.talk, "wsproxy: made a new CA; take the old one from where it was trusted")
	}
	authority, made, err := openCA(dir)
	if err != nil {
		return err
	}
	if made {
		fmt.Fprintln(a.talk, "wsproxy: made a CA")
	}
	if c.export != "" {
		return c.write(a.out, authority.Certificate)
	}
	return showCA(a.out, dir, authority.Certificate)
}

// write writes the certificate alone.
func (c *caFlags) write(stdout io.Writer, cert *x509.Certificate) error {
	p := cert.Raw
	if !c.der {
		p = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p})
	}
	if c.export == "-" {
		_, err := io.Copy(stdout, bytes.NewReader(p))
		return err
	}
	return os.WriteFile(c.export, p, 0o644)
}

// showCA shows the CA and what to do with it.
func showCA(w io.Writer, dir string, cert *x509.Certificate) error {
	file := filepath.Join(dir, ca.CertFile)
	_, err := fmt.Fprintf(w, "CA           %s\ncertificate  %s\nkey          %s\nvalid        %s to %s\nSHA-256      %s\n",
		cert.Subject.CommonName, file, filepath.Join(dir, ca.KeyFile),
		cert.NotBefore.Format(time.DateOnly), cert.NotAfter.Format(time.DateOnly), ca.Fingerprint(cert))
	if err == nil {
		_, err = fmt.Fprintf(w, trustText, quoted(file))
	}
	return err
}

// quoted quotes a file's name for a shell, where it must be.
func quoted(name string) string {
	if strings.ContainsAny(name, " '\"$`\\&;()*?<>|#~!") && os.PathSeparator == '/' {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}

// caFolder returns the folder of the CA.
func caFolder(flag string) (string, error) {
	if flag != "" {
		return filepath.Abs(flag)
	}
	dir, err := ca.DefaultDir()
	if err != nil {
		return "", hinted{err, "--ca-dir DIR says where it is"}
	}
	return dir, nil
}

// openCA opens the CA, with hints on what goes wrong there.
func openCA(dir string) (*ca.Authority, bool, error) {
	a, made, err := ca.Open(dir)
	switch {
	case errors.Is(err, ca.ErrExpired):
		err = hinted{err, "wsproxy ca --renew makes a new one, which then is to be trusted"}
	case errors.Is(err, ca.ErrOpenKey):
		err = hinted{err, "chmod 600 " + quoted(filepath.Join(dir, ca.KeyFile)) + ", or wsproxy ca --renew if someone may have read it"}
	}
	return a, made, err
}
