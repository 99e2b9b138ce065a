package redact

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		`{"user":"ann","password":"s3cret!"}`:         `{"user":"ann","password":"*******"}`,
		`{"Access-Token" : "a\"b", "x":1}`:            `{"Access-Token" : "****", "x":1}`,
		`42["auth",{"token":"abc"}]`:                  `42["auth",{"token":"***"}]`,
		`{"pin":1234,"n":5}`:                          `{"pin":0000,"n":5}`,
		`{"credentials":{"u":"a","n":[7,"b"]},"k":1}`: `{"credentials":{"*":"*","*":[0,"*"]},"k":1}`,
		`{"x":"{\"token\":\"abc\"}","y":2}`:           `{"x":"{\"token\":\"***\"}","y":2}`,
		`["\\\"token\\\":\\\"abc\\\""]`:               `["\\\"token\\\":\\\"***\\\""]`,
		`{"token":"unfinished`:                        `{"token":"**********`,
		`{"token":null,"a":true}`:                     `{"token":null,"a":true}`,
		`5" {"token":"abc"}`:                          `5" {"token":"***"}`,
		`\" {"token":"abc"}`:                          `\" {"token":"***"}`,
		`https://h/p?token=abc&x=1&sig=d%20e#f`:       `https://h/p?token=***&x=1&sig=*****#f`,
		`wss://ann:pw@h/`:                             `wss://******@h/`,
		`user=ann&password=abc`:                       `user=ann&password=***`,
		`Authorization: Bearer abcdefgh`:              `Authorization: Bearer ********`,
		`eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl!`:         `**********************************!`,
		`a tokenless text`:                            `a tokenless text`,
		"\x00\xff{\"token\":\"\xff\xfe\"}":            "\x00\xff{\"token\":\"**\"}",
	} {
		got := []byte(text)
		New(nil).Text(got)
		if string(got) != want {
			t.Errorf("%s\nbecomes %s\n   want %s", text, got, want)
		}
	}
	got := []byte(`{"colour":"red","token":"x"}`)
	if New([]string{"colour"}).Text(got); string(got) != `{"colour":"***","token":"*"}` {
		t.Errorf("%s", got)
	}
}

func TestHead(t *testing.T) {
	head := strings.ReplaceAll(`GET /chat?room=1&access_token=abcdefgh HTTP/1.1
Host: [::1]:80
:authority: ann:pw@example.com
Cookie: sid=abcdef; theme=dark
Set-Cookie: sid=abcdef; Path=/; HttpOnly
Authorization: Basic YW5uOnB3
Proxy-Authorization: abc
X-API-Key: abc
Referer: https://example.com/?code=abc&x=1
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Protocol: graphql-transport-ws, base64url.bearer.authorization.k8s.io.YWJjZGVm, a1b2c3d4e5f6a7b8c9d0

`, "\n", "\r\n")
	want := strings.ReplaceAll(`GET /chat?room=1&access_token=******** HTTP/1.1
Host: [::1]:80
:authority: ******@example.com
Cookie: sid=******; theme=****
Set-Cookie: sid=******; Path=/; HttpOnly
Authorization: Basic ********
Proxy-Authorization: ***
X-API-Key: ***
Referer: https://example.com/?code=***&x=1
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Protocol: graphql-transport-ws, **********************************************, ********************

`, "\n", "\r\n")
	got := []byte(head)
	if secrets := New(nil).Head(got); string(got) != want || len(secrets) < 3 {
		t.Errorf("%s\n%q", got, secrets)
	}
}

// Nothing changes its length, and what is redacted stays as it is.
func FuzzText(f *testing.F) {
	f.Add([]byte(`{"x":"{\"token\":\"abc\"}","credentials":{"a":[1,"b"]},"y":"`))
	f.Add([]byte(`\\"\"\\\""token=abc&eyJaaaaaa.bbbbbb.c Bearer abcdefgh`))
	r := New([]string{"x"})
	f.Fuzz(func(t *testing.T, p []byte) {
		once := append([]byte(nil), p...)
		r.Text(once)
		head := append([]byte("GET /?token=a HTTP/1.1\r\n"), p...)
		n := len(head)
		r.Head(head)
		if len(once) != len(p) || len(head) != n {
			t.Fatal("the length changed")
		}
	})
}
