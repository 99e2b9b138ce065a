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
		`{"newPassword":"a","x-hasura-admin-secret":"b","AWSSecretAccessKey":"c","tokens":5}`:                                            `{"newPassword":"*","x-hasura-admin-secret":"*","AWSSecretAccessKey":"*","tokens":5}`,
		"CONNECT\nlogin:guest\npasscode:abc\nAuthorization:Bearer abcdefgh\n\n\x00":                                                      "CONNECT\nlogin:guest\npasscode:***\nAuthorization:Bearer ********\n\n\x00",
		"password: correct horse\r\nnote: a\r\n":                                                                                         "password: *************\r\nnote: a\r\n",
		`wss://h/mqtt?X-Amz-Signature=ab&X-Amz-Date=1&X-Amz-Security-Token=cd`:                                                           `wss://h/mqtt?X-Amz-Signature=**&X-Amz-Date=1&X-Amz-Security-Token=**`,
		`/?user[password]=a&tok%65n=b&token[]=c&x=https%3A%2F%2Fh%2F%3Ftoken%3Dd%2Fe%26y%3D1`:                                            `/?user[password]=*&tok%65n=*&token[]=*&x=https%3A%2F%2Fh%2F%3Ftoken%3D*****%26y%3D1`,
		`password="a b" user='x' token='y'`:                                                                                              `password="***" user='x' token='*'`,
		`POSTGRESQL://ann:pw@h/`:                                                                                                         `POSTGRESQL://******@h/`,
		`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">AGFubgBwdw==</auth><q:password>pw</q:password><body>hi</body>`: `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">************</auth><q:password>**</q:password><body>hi</body>`,
		"\x00\xff{\"token\":\"\xff\xfe\"}":                                                                                               "\x00\xff{\"token\":\"**\"}",
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
X-Amz-Security-Token: abc
Ocp-Apim-Subscription-Key: abc
Referer: https://example.com/?code=abc&x=1
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Protocol: graphql-transport-ws, base64url.bearer.authorization.k8s.io.YWJjZGVm, a1b2c3d4e5f6a7b8c9d0
Sec-WebSocket-Protocol: access_token, abc

`, "\n", "\r\n")
	want := strings.ReplaceAll(`GET /chat?room=1&access_token=******** HTTP/1.1
Host: [::1]:80
:authority: ******@example.com
Cookie: sid=******; theme=****
Set-Cookie: sid=******; Path=/; HttpOnly
Authorization: Basic ********
Proxy-Authorization: ***
X-API-Key: ***
X-Amz-Security-Token: ***
Ocp-Apim-Subscription-Key: ***
Referer: https://example.com/?code=***&x=1
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Protocol: graphql-transport-ws, **********************************************, ********************
Sec-WebSocket-Protocol: access_token, ***

`, "\n", "\r\n")
	got := []byte(head)
	if secrets := New(nil).Head(got); string(got) != want || len(secrets) < 3 {
		t.Errorf("%s\n%q", got, secrets)
	}
}

// Nothing changes its length, and what is redacted stays as it is.
func FuzzText(f *testing.F) {
	f.Add([]byte(`{"x":"{\"token\":\"abc\"}","credentials":{"a":[1,"b"]},"y":"`))
	f.Add([]byte("\x10\x1c\x00\x04MQTT\x05\xc2\x00\x1e\x00\x00\x02me\x00\x01u\x00\x06SECRET"))
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

// A password in MQTT is overwritten, with a will before it or none, by each version, and
// where it is cut. The packets are those of the npm library mqtt-packet.
func TestMQTT(t *testing.T) {
	for _, packet := range []string{
		"\x10\x1b\x00\x04MQTT\x04\xc2\x00\x1e\x00\x02me\x00\x01u\x00\x06SECRET",
		"\x10\x1c\x00\x04MQTT\x05\xc2\x00\x1e\x00\x00\x02me\x00\x01u\x00\x06SECRET",
		"\x10\x27\x00\x04MQTT\x05\xc6\x00\x1e\x05\x11\x00\x00\x00\x0a\x00\x02me\x00\x00\x01t\x00\x01w\x00\x01u\x00\x06SECRET",
		"\x10\x1b\x00\x06MQIsdp\x03\x40\x00\x1e\x00\x02me\x00\x06SECRET",
		"\x10\x1b\x00\x04MQTT\x04\xc2\x00\x1e\x00\x02me\x00\x01u\x00\x09SECRET",
	} {
		p := []byte(packet)
		New(nil).Text(p)
		if want := strings.Replace(packet, "SECRET", "******", 1); string(p) != want {
			t.Errorf("%q\nbecomes %q", packet, p)
		}
	}
	for _, packet := range []string{"\x10", "\x10\x80\x80\x80\x80", "\x10\x00", "\x10\x02\x00\x04", "\x10\x09\x00\x04MQTT\x05\xff", "\x30\x05\x00\x01tab"} {
		p := []byte(packet)
		if New(nil).Text(p); string(p) != packet {
			t.Errorf("%q becomes %q", packet, p)
		}
	}
}

func BenchmarkText(b *testing.B) {
	small := []byte(`{"type":"trade","symbol":"ACME","price":101.5,"note":"a b"}`)
	big := []byte("[" + strings.Repeat(string(small)+",", 300) + "0]")
	for name, p := range map[string][]byte{"small": small, "big": big} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			r := New(nil)
			for range b.N {
				r.Text(p)
			}
		})
	}
}
