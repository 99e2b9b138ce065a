// Package filter picks events by an expression:
//
//	dir==client && opcode==text && size>1KB && json.type=="say"
//
// An expression compares fields with values. From what binds tightest to what
// binds least:
//
//	( )                          brackets
//	== != < <= > >= ~ !~ contains   a comparison; ~ is a regular expression (RE2)
//	! not
//	&& and
//	|| or
//
// so that !a==b is !(a==b), and a || b && c is a || (b && c). A field alone asks
// whether it is there, or is true: masked, code, json.error.
//
// A comparison with what an event does not have is false, whatever the operator:
// json.type!="say" is true of JSON whose type is another, and !(json.type=="say")
// of everything else as well. Where a field has several values, as rule has, one
// that fits is enough for ==, ~, contains and the like, and != and !~ want none
// that does.
//
// A frame is looked at as it went over the wire, a message as it was joined and
// inflated: size>1KB picks a frame by its length on the wire, and the message of
// three short frames by what they come to. What an event itself does not tell, such
// as host or protocol, is that of its connection, as far as its opening handshake
// has told it by then.
package filter
