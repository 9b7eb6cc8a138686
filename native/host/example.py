"""Runs a checkerboard through edge24 with nothing but Python: example.py [FOLDER OF liblivepool.so]."""
import ctypes as c
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
lib = c.CDLL(os.path.join(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "../bin/linux-x64"), "liblivepool.so"))
lib.livepool_version.restype = c.c_char_p


class Frame(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("format", c.c_int32), ("pixels", c.c_char_p), ("stride", c.c_int64),
                ("width", c.c_int32), ("height", c.c_int32), ("channels", c.c_int32), ("reserved", c.c_int32)]


def check(status):
    if status < 0:
        text = c.create_string_buffer(512)
        lib.livepool_last_error(text, len(text))
        sys.exit("livepool: " + text.value.decode())


width, height = 640, 480
pixels = bytes(255 if (x // 32 + y // 32) % 2 else 0 for y in range(height) for x in range(width))
engine, shape, data, count = c.c_uint64(), (c.c_int32 * 4)(), c.POINTER(c.c_float)(), c.c_int64()
check(lib.livepool_create(None, c.byref(engine)))
check(lib.livepool_set_pipeline(engine, b"edge24", c.c_int64(-1)))
check(lib.livepool_submit(engine, c.byref(Frame(c.sizeof(Frame), 0, pixels, 0, width, height, 0, 0))))
check(lib.livepool_run(engine))
check(lib.livepool_stage_shape(engine, 1, shape))
check(lib.livepool_output(engine, 1, c.byref(data), c.byref(count)))
print(f"LivePool {lib.livepool_version().decode()}: {list(shape)}, at most {max(data[:count.value]):g}")
check(lib.livepool_destroy(engine))
