// Command gws is an echo server on github.com/lxzan/gws, written as that
// library's echo example is: UTF-8 checked, compression with context takeover.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/lxzan/gws"
)

const maxMessage = 32 << 20

var upgrader = gws.NewUpgrader(&handler{}, &gws.ServerOption{
	CheckUtf8Enabled:    true,
	Recovery:            gws.Recovery,
	ReadMaxPayloadSize:  maxMessage,
	WriteMaxPayloadSize: maxMessage,
	PermessageDeflate: gws.PermessageDeflate{
		Enabled:               true,
		ServerContextTakeover: true,
		ClientContextTakeover: true,
		ServerMaxWindowBits:   15, // less than 15 and the answer names windows that
		ClientMaxWindowBits:   15, // the client may not know of (RFC 7692 §7.1.2.2)
	},
})

func main() {
	log.Fatal(http.ListenAndServe(os.Args[1], http.HandlerFunc(serve)))
}

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r)
	if err != nil {
		return
	}
	go conn.ReadLoop()
}

type handler struct{ gws.BuiltinEventHandler }

func (*handler) OnPing(conn *gws.Conn, payload []byte) {
	_ = conn.WritePong(payload)
}

func (*handler) OnMessage(conn *gws.Conn, message *gws.Message) {
	defer message.Close()
	_ = conn.WriteMessage(message.Opcode, message.Bytes())
}
