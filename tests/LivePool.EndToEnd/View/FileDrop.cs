using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace LivePool.EndToEnd.View;

/// <summary>Drops files on a window as a file manager does it: X's drag and drop protocol (XDND), version 5.</summary>
internal static unsafe partial class FileDrop
{
    private const string Library = "libX11.so.6";
    private const int ClientMessage = 33;
    private const int SelectionRequest = 30;
    private const int SelectionNotify = 31;
    private const nint CurrentTime = 0;

    /// <summary>An XEvent, as longs: a client message has its data from 7 on, a selection's request its parts from 4 on.</summary>
    [InlineArray(24)]
    private struct Event
    {
        private nint _first;
    }

    /// <summary>Drops files in the middle of a window, and waits until it has taken them.</summary>
    public static void On(string display, nint window, (int X, int Y) position, params string[] paths)
    {
        nint connection = OpenDisplay(display);
        Assert.True(connection != 0, $"no display {display}");
        try
        {
            nint source = CreateSimpleWindow(connection, DefaultRootWindow(connection), 0, 0, 1, 1, 0, 0, 0);
            nint selection = Atom("XdndSelection"), list = Atom("text/uri-list");
            _ = SetSelectionOwner(connection, selection, source, CurrentTime);
            Send("XdndEnter", source, 5 << 24, list, 0, 0);
            Send("XdndPosition", source, 0, position.X << 16 | position.Y, CurrentTime, Atom("XdndActionCopy"));
            Event status = Wait(e => (int)e[0] == ClientMessage && e[5] == Atom("XdndStatus"), "the window answers");
            Assert.True((status[8] & 1) != 0, "the window does not take the files");
            Send("XdndDrop", source, 0, CurrentTime, 0, 0);
            Event request = Wait(e => (int)e[0] == SelectionRequest, "the window asks for the files");
            Give(request, string.Concat(paths.Select(path => $"{new Uri(path).AbsoluteUri}\r\n")));
            Wait(e => (int)e[0] == ClientMessage && e[5] == Atom("XdndFinished"), "the window has taken the files");

            void Send(string message, params ReadOnlySpan<nint> data)
            {
                var e = new Event();
                (e[0], e[3], e[4], e[5], e[6]) = (ClientMessage, connection, window, Atom(message), 32);
                for (int i = 0; i < data.Length; i++)
                    e[7 + i] = data[i];
                _ = SendEvent(connection, window, 0, 0, &e);
                _ = Flush(connection);
            }
        }
        finally
        {
            _ = CloseDisplay(connection);
        }

        nint Atom(string name) => InternAtom(connection, name, 0);

        void Give(Event request, string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            (nint requestor, nint selection, nint target, nint property) = (request[5], request[6], request[7], request[8]);
            fixed (byte* first = bytes)
                _ = ChangeProperty(connection, requestor, property, target, 8, 0, first, bytes.Length);
            var e = new Event();
            (e[0], e[3], e[4], e[5], e[6], e[7], e[8]) = (SelectionNotify, connection, requestor, selection, target, property, request[9]);
            _ = SendEvent(connection, requestor, 0, 0, &e);
            _ = Flush(connection);
        }

        Event Wait(Func<Event, bool> isWanted, string what)
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Livepool.Patience; Thread.Sleep(1))
            {
                while (Pending(connection) > 0)
                {
                    Event e;
                    _ = NextEvent(connection, &e);
                    if (isWanted(e))
                        return e;
                }
            }
            throw new TimeoutException($"never: {what}");
        }
    }

    [LibraryImport(Library, EntryPoint = "XOpenDisplay", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenDisplay(string name);

    [LibraryImport(Library, EntryPoint = "XCloseDisplay")]
    private static partial int CloseDisplay(nint display);

    [LibraryImport(Library, EntryPoint = "XDefaultRootWindow")]
    private static partial nint DefaultRootWindow(nint display);

    [LibraryImport(Library, EntryPoint = "XCreateSimpleWindow")]
    private static partial nint CreateSimpleWindow(nint display, nint parent, int x, int y, uint width, uint height, uint border, nuint borderColour, nuint background);

    [LibraryImport(Library, EntryPoint = "XInternAtom", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint InternAtom(nint display, string name, int onlyIfExists);

    [LibraryImport(Library, EntryPoint = "XSetSelectionOwner")]
    private static partial int SetSelectionOwner(nint display, nint selection, nint owner, nint time);

    [LibraryImport(Library, EntryPoint = "XSendEvent")]
    private static partial int SendEvent(nint display, nint window, int propagate, nint mask, Event* e);

    [LibraryImport(Library, EntryPoint = "XChangeProperty")]
    private static partial int ChangeProperty(nint display, nint window, nint property, nint type, int format, int mode, byte* data, int elements);

    [LibraryImport(Library, EntryPoint = "XPending")]
    private static partial int Pending(nint display);

    [LibraryImport(Library, EntryPoint = "XNextEvent")]
    private static partial int NextEvent(nint display, Event* e);

    [LibraryImport(Library, EntryPoint = "XFlush")]
    private static partial int Flush(nint display);
}
