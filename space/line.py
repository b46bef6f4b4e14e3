"""A visitor's connection, kept as long as it says and reads something: uvicorn itself would wait for ever."""

from asyncio import Transport

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.answers import Fault

HEAD_S = 10  # for the first line and the headers of a request, of the first one and of each that follows
READ_S = 120  # for most of what was sent at once to be read
NO_HTTP = Fault(code="bad_http", message="This is not HTTP, or its headers have more than 16 KB.", field=None)


class Line(H11Protocol):
    """uvicorn's connection, with an end to every silence."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self.timeout_keep_alive = HEAD_S
        self.timeout_keep_alive_task = self.loop.call_later(HEAD_S, self.timeout_keep_alive_handler)

    def data_received(self, data: bytes) -> None:
        """Take what came: a whole request ends the waiting, no byte of it; who was refused is not heard."""
        if self.conn.their_state is not h11.ERROR:
            self.conn.receive_data(data)
            self.handle_events()

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong in JSON, as everywhere here; nothing to whom an answer is being sent already."""
        state = self.conn.our_state
        if state in (h11.IDLE, h11.SEND_RESPONSE):
            self._say(NO_HTTP.model_dump_json(exclude_none=True).encode())
        if state is h11.IDLE:  # what still comes is let go, so that the client is there to read this
            self.transport.write_eof()
            self.loop.call_later(HEAD_S, self.transport.abort)
        else:
            self.transport.close()

    def pause_writing(self) -> None:
        """Wait for who reads slowly."""
        super().pause_writing()
        self._unread = self.loop.call_later(READ_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._unread.cancel()

    def _say(self, body: bytes) -> None:
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        begun = h11.Response(
            status_code=400, headers=[*headers, ("Connection", "close")], reason=b"Bad Request"
        )
        for event in (begun, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
