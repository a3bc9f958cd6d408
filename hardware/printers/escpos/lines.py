"""Lines over the transports of python-escpos: network, serial, USB, file.

Its transports are used for opening and closing and what is behind them is driven directly, because their
own reading hides what matters here: time-outs default to a minute or to none, and a closed line reads as
an empty answer.
"""

from __future__ import annotations

import socket
import time
from typing import Any

from ..base import BadConfiguration, PrinterOffline
from .line import LineError

CONNECT_LIMIT = 2.0
"""Seconds that opening may take."""


class NetworkLine:
    """TCP, usually port 9100."""

    def __init__(self, host: str, port: int, send_limit: float) -> None:
        from escpos.printer import Network

        self._send_limit = send_limit
        try:
            # Opened here, since the transport's own opening knows IPv4 only and leaks the socket on failure.
            self._socket = socket.create_connection((host, port), timeout=CONNECT_LIMIT)
        except OSError as error:
            raise PrinterOffline(f"no connection to {host}:{port}: {_reason(error)}") from error
        self._transport = Network(host, port=port, timeout=send_limit)
        self._transport.device = self._socket

    def send(self, data: bytes) -> None:
        self._socket.settimeout(self._send_limit)
        try:
            self._transport._raw(data)
        except OSError as error:
            raise LineError(_reason(error)) from error

    def receive(self, limit: float) -> bytes:
        self._socket.settimeout(max(limit, 0.001))
        try:
            data = bytes(self._transport._read())
        except TimeoutError:
            return b""
        except OSError as error:
            raise LineError(_reason(error)) from error
        if not data:
            raise LineError("the printer closed the connection")
        return data

    def close(self) -> None:
        self._transport.close()


class SerialLine:
    """A serial port (RS-232 or USB-CDC)."""

    def __init__(self, device: str, baud: int, *, dsrdtr: bool, xonxoff: bool, send_limit: float) -> None:
        from escpos.exceptions import DeviceNotFoundError
        from escpos.printer import Serial
        from serial import SerialException

        self._broken: tuple[type[Exception], ...] = (SerialException, OSError)
        self._transport = Serial(device, baudrate=baud, dsrdtr=dsrdtr, xonxoff=xonxoff, timeout=1)
        try:
            self._transport.open()
        except DeviceNotFoundError as error:
            raise PrinterOffline(f"serial port {device} can't be opened: {_first_line(error)}") from error
        self._port: Any = self._transport.device
        # Ten bits a byte; half as much again for a printer that holds the line while it prints.
        self._seconds_a_byte = 15 / baud
        self._send_limit = send_limit
        self._port.reset_input_buffer()

    def send(self, data: bytes) -> None:
        limit = self._send_limit + len(data) * self._seconds_a_byte
        until = time.monotonic() + limit
        self._port.write_timeout = limit
        try:
            self._transport._raw(data)
            # The port's own buffer holds seconds of a slow line: the answer is not late before that is gone.
            while self._port.out_waiting:
                if time.monotonic() > until:
                    raise LineError("the printer takes nothing more")
                time.sleep(0.002)
        except self._broken as error:
            raise LineError(_reason(error)) from error

    def receive(self, limit: float) -> bytes:
        try:
            self._port.timeout = max(limit, 0.001)
            first = bytes(self._port.read(1))
            return first + bytes(self._port.read(self._port.in_waiting)) if first else first
        except self._broken as error:
            raise LineError(_reason(error)) from error

    def close(self) -> None:
        # Not the transport's own closing: it waits without limit for a printer that holds the line.
        self._port.close()


class UsbLine:
    """A USB printer-class device, by vendor and product number."""

    def __init__(self, vendor: int, product: int, *, out: int, into: int, send_limit: float) -> None:
        import usb.core
        from escpos.printer import Usb

        name = f"USB printer {vendor:04x}:{product:04x}"
        self._broken: type[Exception] = usb.core.USBError
        self._timeout: type[Exception] = usb.core.USBTimeoutError
        self._into = into
        self._out = out
        self._send_limit = send_limit
        self._transport = Usb(vendor, product, timeout=int(send_limit * 1000), in_ep=into, out_ep=out)
        try:
            self._device: Any = usb.core.find(idVendor=vendor, idProduct=product)
            if self._device is None:
                raise PrinterOffline(f"{name} is not plugged in or not switched on")
            self._transport.device = self._device
            self._transport._check_driver()
            self._configure()
        except usb.core.NoBackendError as error:
            raise BadConfiguration("USB printing needs the system library libusb-1.0") from error
        except usb.core.USBError as error:
            raise PrinterOffline(f"{name} can't be opened: {_reason(error)}") from error

    def _configure(self) -> None:
        """Choose the configuration where none is chosen.

        The transport's own opening resets the device each time as well, which would cut short what the
        printer still prints from the job before.
        """
        try:
            self._device.get_active_configuration()
        except self._broken:
            self._device.set_configuration()

    def send(self, data: bytes) -> None:
        sent = 0
        try:
            while sent < len(data):
                sent += self._device.write(self._out, data[sent:], int(self._send_limit * 1000))
        except self._broken as error:
            raise LineError(_reason(error)) from error

    def receive(self, limit: float) -> bytes:
        try:
            return bytes(self._device.read(self._into, 64, max(1, int(limit * 1000))))
        except self._timeout:
            return b""
        except self._broken as error:
            raise LineError(_reason(error)) from error

    def close(self) -> None:
        self._transport.close()


class FileLine:
    """A device file such as /dev/usb/lp0, or an ordinary file that jobs are added to. It answers nothing."""

    def __init__(self, path: str) -> None:
        from escpos.printer import File

        self._transport = File(path)
        try:
            # Added to, not cut short as the transport's own opening does: an earlier job may be unread yet.
            self._transport.device = open(path, "ab")
        except OSError as error:
            raise PrinterOffline(f"{path} can't be opened: {_reason(error)}") from error

    def send(self, data: bytes) -> None:
        try:
            self._transport._raw(data)
        except OSError as error:
            raise LineError(_reason(error)) from error

    def receive(self, limit: float) -> bytes:
        return b""

    def close(self) -> None:
        try:
            self._transport.close()
        except OSError as error:
            raise LineError(_reason(error)) from error


def _reason(error: Exception) -> str:
    """The system's short reason, the same for the same fault, so that logs can tell a change."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).strip()


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())
