package rules

// Failing and closing a connection, RFC 6455 §5.5.1 and §7.
const (
	// FailCloseFrame asks for a Close before TCP goes, when a connection is failed.
	FailCloseFrame ID = "fail.close-frame"
	// FailCloseCode asks that this Close has a code that fits.
	FailCloseCode ID = "fail.close-code"
	// FailNoProcessing forbids to go on with the peer's data.
	FailNoProcessing ID = "fail.no-processing"
	// CloseAnswer asks that a Close is answered by a Close.
	CloseAnswer ID = "close.answer"
	// CloseCode hopes that the answer has the code it answers.
	CloseCode ID = "close.code"
	// CloseLast forbids data after a Close.
	CloseLast ID = "close.last"
	// CloseOnce forbids a second Close.
	CloseOnce ID = "close.once"
	// CloseAfterData hopes that what came before a Close is still answered.
	CloseAfterData ID = "close.after-data"
	// CloseBody asks that a body of one byte fails the connection.
	CloseBody ID = "close.body"
	// CloseBodySent forbids to send such a body.
	CloseBodySent ID = "close.body-sent"
	// CloseReason asks that a reason that is not UTF-8 fails the connection.
	CloseReason ID = "close.reason"
	// CloseReasonSent forbids to send such a reason.
	CloseReasonSent ID = "close.reason-sent"
	// CloseReserved asks that 1005, 1006 and 1015 are protocol errors.
	CloseReserved ID = "close.reserved"
	// CloseReservedSent forbids to send 1005, 1006 and 1015.
	CloseReservedSent ID = "close.reserved-sent"
	// CloseUnused asks that codes below 1000 are protocol errors.
	CloseUnused ID = "close.unused"
	// CloseUnusedSent forbids to send a code below 1000.
	CloseUnusedSent ID = "close.unused-sent"
	// CloseUndefined hopes that codes that nobody defined are protocol errors.
	CloseUndefined ID = "close.undefined"
	// CloseUndefinedSent asks not to send a code that nobody defined.
	CloseUndefinedSent ID = "close.undefined-sent"
	// CloseRegistered hopes that codes registered since the RFC are taken.
	CloseRegistered ID = "close.registered"
	// CloseTCP asks that a server closes TCP after both Closes.
	CloseTCP ID = "close.tcp"
	// CloseTCPPrompt asks that it does so at once.
	CloseTCPPrompt ID = "close.tcp-prompt"
	// CloseClean hopes for a FIN instead of a RST.
	CloseClean ID = "close.clean"
	// CloseHalf asks that a server ends its side when the client's ends with no Close.
	CloseHalf ID = "close.half"
	// CloseUnanswered hopes that a server does not wait forever for a Close.
	CloseUnanswered ID = "close.unanswered"
)
