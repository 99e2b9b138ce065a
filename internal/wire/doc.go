// Package wire turns bytes into values and values into bytes: frames and
// opening handshakes of every WebSocket dialect, masks, UTF-8, deflate.
//
// It has no network, no clock and no opinion. A reserved opcode, a length
// written longer than needed or a missing mask is a fact here; package lint
// says which rule it breaks. Whatever is decoded appends back to the very same
// bytes, and the only two things that decoding can say against its input are
// "need more" and "this is no head".
//
// The chat server speaks RFC 6455 through gorilla/websocket. This codec stands
// beside it on purpose: a conformance tester must write what a good library
// refuses to write, and must see what a good library hides. DEFLATE is written
// anew for the same reason: Inflater sees a distance that leaves the agreed window,
// and Deflater never leaves it, whatever its size.
package wire
