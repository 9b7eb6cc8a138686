/*
 * Cameras that are not there. With this library in LD_PRELOAD and a script's path in FAKE_V4L2, the device files that the script
 * names answer open, openat, ioctl, mmap, munmap, poll, close and statx as V4L2 does; everything else goes to the system.
 *
 * Every picture shows its number, of all cameras together from 0: twenty columns for the bits from the lowest, white where one
 * is set, and below the opposite. What a buffer holds while it is queued is noise, so that whoever reads too early or too late
 * shows it. A script has one directive a line; # begins a comment.
 *
 *   counts FILE                  where the counts go at the end of the process
 *   report N                     and when the picture N has been given
 *   device PATH                  a camera; what follows is of this one
 *   card NAME  bus NAME          what it calls itself
 *   mplane | output              it has planes of separate memory; it takes pictures instead of giving them
 *   format FOURCC SIZE RATE...   it offers 160x32, or 16x16-640x480 in steps of 2, at 30, or at 5-60, a second
 *   after MS                     it is there only so long after the camera before it in the script was pulled out
 *   rate N                       it really gives so many pictures a second
 *   stride N | sizeimage N       bytes of a row; bytes of a picture, as it says and as its buffers have
 *   length N                     bytes of its buffers, whatever it said a picture has
 *   got SIZE | got FOURCC        what it is set to, whatever it is asked for
 *   buffers N                    how many it gives at most, up to 8
 *   colorspace N                 v4l2_colorspace
 *   padding N                    bytes behind the end of a picture of MJPEG
 *   realtime                     its times are by another clock
 *   seconds N                    so long it is from one picture to the next, as it says; it has no other rate then
 *   forgetful                    asked for a format, a size or a rate beyond the last, it names the last
 *   refuse REQUEST ERRNO [N]     open, mmap, poll or a request (S_FMT) fails, or only the first N do
 *   at N WHAT [VALUE]            what befalls the picture N
 *   every N WHAT [VALUE]         and each Nth
 *
 * WHAT is error (flagged), empty, short, long (more bytes than the buffer has), corrupt, cut, early (an end marker in the
 * middle), lost (bytes missing in the middle), half (MJPEG of half the width and height that was set), gap N (so many numbers are left out), back MS and ahead MS (its time), index (of
 * a buffer that is not there), stall [MS] (nothing comes for so long, or ever), unplug [MS] (it is gone for so long, or for
 * good), or an errno with which taking it fails (EIO).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

enum { MOST_DEVICES = 16, MOST_MODES = 16, MOST_RATES = 8, MOST_EVENTS = 64, MOST_HANDLES = 64, MOST_BUFFERS = 8, MOST_MAPS = 256 };
enum { BITS = 20, PAGE = 4096, MOST_NOISE = 1 << 20 };

static const int64_t NEVER = INT64_MAX;
static const int64_t MS = 1000000;

struct mode {
    uint32_t fourcc, width, height, max_width, max_height, rates[MOST_RATES], rate_count;
    bool is_range;
};

struct event {
    char what[16];
    long number, value;
    bool repeats;
};

struct refusal {
    char request[24];
    int error;
    long left;
};

struct device {
    char path[64], card[32], bus[32];
    struct mode modes[MOST_MODES];
    struct event events[MOST_EVENTS];
    struct refusal refusals[MOST_EVENTS];
    int mode_count, event_count, refusal_count;
    bool is_mplane, is_output, is_realtime, is_resized, is_forgetful;
    uint32_t seconds, rate, stride, sizeimage, length, got_width, got_height, got_fourcc, buffers, colorspace, padding;
    int64_t after;                      /* -1 where it is there from the start */
    int64_t unplugged_at, back_at;      /* when it was pulled out, and when it comes back to the same place */
    int generation;
};

struct buffer {
    uint32_t length;
    size_t offset;
    bool is_queued;
    long order;
};

/* An open file of a device. */
struct handle {
    int fd, generation;
    struct device *device;
    struct v4l2_pix_format format;
    struct mode mode;
    uint32_t rate;
    int memory;                         /* a memfd, -1 without buffers */
    uint8_t *base;                      /* the device's own view of it */
    size_t size;
    struct buffer buffers[MOST_BUFFERS];
    uint32_t buffer_count;
    bool is_streaming;
    int64_t due;
    uint32_t sequence;
    long orders;
};

struct map {
    void *memory;
    size_t length, offset;
    int fd;
};

static struct {
    long opens, closes, mmaps, munmaps, queued, dequeued, frames, descriptors, buffers, violations;
} counts;

static struct device devices[MOST_DEVICES];
static struct handle handles[MOST_HANDLES];
static struct map maps[MOST_MAPS];
static int device_count;
static char counts_path[256], violation[128];
static long report_at = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int64_t now_by(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int64_t now(void) { return now_by(CLOCK_MONOTONIC); }

/* ---- the script ---- */

static const struct {
    const char *name;
    int error;
} errors[] = {
    {"EPERM", EPERM}, {"ENOENT", ENOENT}, {"EINTR", EINTR}, {"EIO", EIO}, {"ENXIO", ENXIO}, {"EAGAIN", EAGAIN}, {"ENOMEM", ENOMEM},
    {"EACCES", EACCES}, {"EBUSY", EBUSY}, {"ENODEV", ENODEV}, {"EINVAL", EINVAL}, {"ENOSPC", ENOSPC}, {"ENOTTY", ENOTTY},
    {"EPIPE", EPIPE}, {"EPROTO", EPROTO}, {"ETIMEDOUT", ETIMEDOUT},
};

static int error_of(const char *name)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].error;
    }
    return 0;
}

static _Noreturn void refuse_script(const char *line)
{
    fprintf(stderr, "fake_v4l2: this line of the script is not understood: %s\n", line);
    _exit(99);
}

static void read_mode(struct device *device, char *text, const char *line)
{
    struct mode *mode = &device->modes[device->mode_count++];
    char *rest, *fourcc = strtok_r(text, " ", &rest), *size = strtok_r(NULL, " ", &rest), *rate;
    if (!fourcc || strlen(fourcc) != 4 || !size)
        refuse_script(line);
    mode->fourcc = v4l2_fourcc(fourcc[0], fourcc[1], fourcc[2], fourcc[3]);
    int found = sscanf(size, "%ux%u-%ux%u", &mode->width, &mode->height, &mode->max_width, &mode->max_height);
    if (found != 2 && found != 4)
        refuse_script(line);
    while ((rate = strtok_r(NULL, " ", &rest)) && mode->rate_count < MOST_RATES) {
        int rates = sscanf(rate, "%u-%u", &mode->rates[mode->rate_count], &mode->rates[mode->rate_count + 1]);
        mode->is_range = rates == 2;
        mode->rate_count += rates;
    }
}

static void read_line(char *line)
{
    char copy[512], word[32] = "", name[64] = "", last[32] = "";
    long number = 0, value = 0;
    line[strcspn(line, "#\n")] = 0;
    snprintf(copy, sizeof copy, "%s", line);
    if (sscanf(line, "%31s", word) != 1)
        return;
    char *rest = line + strcspn(line, " ");
    rest += strspn(rest, " ");
    if (strcmp(word, "counts") == 0) {
        snprintf(counts_path, sizeof counts_path, "%s", rest);
        return;
    }
    if (strcmp(word, "report") == 0) {
        report_at = atol(rest);
        return;
    }
    if (strcmp(word, "device") == 0) {
        if (device_count == MOST_DEVICES)
            refuse_script(copy);
        struct device *made = &devices[device_count++];
        snprintf(made->path, sizeof made->path, "%s", rest);
        strcpy(made->card, "Fake Camera");
        strcpy(made->bus, "usb-fake-1");
        made->after = -1;
        made->buffers = MOST_BUFFERS;
        made->back_at = NEVER;
        return;
    }
    if (device_count == 0)
        refuse_script(copy);
    struct device *device = &devices[device_count - 1];
    const struct {
        const char *name;
        uint32_t *value;
    } numbers[] = {
        {"rate", &device->rate}, {"stride", &device->stride}, {"sizeimage", &device->sizeimage},
        {"length", &device->length}, {"buffers", &device->buffers}, {"colorspace", &device->colorspace}, {"padding", &device->padding},
        {"seconds", &device->seconds},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (strcmp(word, numbers[i].name) == 0) {
            *numbers[i].value = strtoul(rest, NULL, 10);
            return;
        }
    }
    if (strcmp(word, "card") == 0) {
        snprintf(device->card, sizeof device->card, "%s", rest);
    } else if (strcmp(word, "bus") == 0) {
        snprintf(device->bus, sizeof device->bus, "%s", rest);
    } else if (strcmp(word, "mplane") == 0) {
        device->is_mplane = true;
    } else if (strcmp(word, "output") == 0) {
        device->is_output = true;
    } else if (strcmp(word, "realtime") == 0) {
        device->is_realtime = true;
    } else if (strcmp(word, "forgetful") == 0) {
        device->is_forgetful = true;
    } else if (strcmp(word, "after") == 0) {
        device->after = atol(rest) * MS;
    } else if (strcmp(word, "format") == 0 && device->mode_count < MOST_MODES) {
        read_mode(device, rest, copy);
    } else if (strcmp(word, "got") == 0) {
        device->is_resized = sscanf(rest, "%ux%u", &device->got_width, &device->got_height) == 2;
        if (!device->is_resized)
            device->got_fourcc = v4l2_fourcc(rest[0], rest[1], rest[2], rest[3]);
    } else if (strcmp(word, "refuse") == 0 && device->refusal_count < MOST_EVENTS && sscanf(rest, "%23s %31s %ld", name, last, &number) >= 2) {
        struct refusal *refusal = &device->refusals[device->refusal_count++];
        snprintf(refusal->request, sizeof refusal->request, "%.23s", name);
        refusal->error = error_of(last);
        refusal->left = number > 0 ? number : -1;
        if (refusal->error == 0)
            refuse_script(copy);
    } else if ((strcmp(word, "at") == 0 || strcmp(word, "every") == 0) && device->event_count < MOST_EVENTS
        && sscanf(rest, "%ld %15s %ld", &number, name, &value) >= 2) {
        struct event *event = &device->events[device->event_count++];
        *event = (struct event){.number = number, .value = value, .repeats = word[0] == 'e'};
        memcpy(event->what, name, sizeof event->what - 1);
    } else {
        refuse_script(copy);
    }
}

static void read_script(void)
{
    const char *path = getenv("FAKE_V4L2");
    FILE *script = path ? fopen(path, "r") : NULL;
    if (!script)
        return;
    char line[512];
    while (fgets(line, sizeof line, script))
        read_line(line);
    fclose(script);
}

/* ---- counts ---- */

static void write_counts(void)
{
    char text[512], path[300];
    if (!counts_path[0] || counts.opens == 0)
        return;
    int length = snprintf(text, sizeof text,
        "opens %ld\ncloses %ld\nopen_descriptors %ld\nmmaps %ld\nmunmaps %ld\nmapped_buffers %ld\n"
        "queued %ld\ndequeued %ld\nframes %ld\nviolations %ld\n%s\n",
        counts.opens, counts.closes, counts.descriptors, counts.mmaps, counts.munmaps, counts.buffers,
        counts.queued, counts.dequeued, counts.frames, counts.violations, violation);
    snprintf(path, sizeof path, "%s.new", counts_path);
    int fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, length) != length)
        abort();
    syscall(SYS_close, fd);
    rename(path, counts_path);
}

__attribute__((destructor)) static void end(void)
{
    pthread_mutex_lock(&lock);
    write_counts();
    pthread_mutex_unlock(&lock);
}

/* What a program must not do to a driver. */
static int violate(const char *what, int error)
{
    if (counts.violations++ == 0)
        snprintf(violation, sizeof violation, "first: %s", what);
    return error;
}

/* ---- pictures ---- */

static uint8_t level(long number, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
    bool is_set = number >> (x * BITS / width) & 1;
    return is_set == (y < height / 2) ? 255 : 0;
}

static size_t bytes_of(const struct v4l2_pix_format *format)
{
    size_t rows = format->pixelformat == V4L2_PIX_FMT_NV12 ? format->height + (format->height + 1) / 2 : format->height;
    return format->bytesperline * rows;
}

static uint32_t row_bytes(uint32_t fourcc, uint32_t width)
{
    switch (fourcc) {
    case V4L2_PIX_FMT_YUYV: return (width + (width & 1)) * 2;
    case V4L2_PIX_FMT_NV12: return width + (width & 1);
    case V4L2_PIX_FMT_RGB24: return width * 3;
    case V4L2_PIX_FMT_GREY: return width;
    default: return 0;
    }
}

static size_t draw_raw(const struct v4l2_pix_format *format, long number, uint8_t *pixels)
{
    uint32_t width = format->width, height = format->height, fourcc = format->pixelformat;
    for (uint32_t y = 0; y < height; y++) {
        uint8_t *row = pixels + (size_t)y * format->bytesperline;
        for (uint32_t x = 0; x < width; x++) {
            uint8_t light = level(number, x, y, width, height), luma = light ? 235 : 16;
            if (fourcc == V4L2_PIX_FMT_YUYV)
                row[2 * x] = luma, row[2 * x + 1] = 128;
            else if (fourcc == V4L2_PIX_FMT_NV12)
                row[x] = luma;
            else if (fourcc == V4L2_PIX_FMT_RGB24)
                memset(row + 3 * x, light, 3);
            else
                row[x] = light;
        }
    }
    if (fourcc == V4L2_PIX_FMT_NV12)
        memset(pixels + (size_t)height * format->bytesperline, 128, bytes_of(format) - (size_t)height * format->bytesperline);
    return bytes_of(format);
}

/* Bits of a JPEG, with a zero behind each 255. */
struct writer {
    uint8_t *at;
    uint32_t bits;
    int count;
};

static void put(struct writer *writer, uint32_t bits, int count)
{
    writer->bits = writer->bits << count | bits;
    for (writer->count += count; writer->count >= 8; writer->count -= 8) {
        uint8_t byte = writer->bits >> (writer->count - 8);
        *writer->at++ = byte;
        if (byte == 255)
            *writer->at++ = 0;
    }
}

/* A block of one colour: the difference of its level from the one before, by the tables of annex K.3. */
static void put_block(struct writer *writer, int difference)
{
    static const uint16_t codes[] = {0, 2, 3, 4, 5, 6, 14, 30, 62};
    static const uint8_t lengths[] = {2, 3, 3, 3, 3, 3, 4, 5, 6};
    int category = 0;
    for (int rest = abs(difference); rest; rest >>= 1)
        category++;
    put(writer, codes[category], lengths[category]);
    put(writer, (difference > 0 ? difference : difference + (1 << category) - 1) & ((1 << category) - 1), category);
    put(writer, 10, 4);
}

/* 4:2:2 without Huffman tables, as a camera gives it; the bits' columns should be multiples of 8 pixels. */
static size_t draw_jpeg(const struct v4l2_pix_format *format, long number, uint8_t *picture, const char *what)
{
    uint32_t parts = strcmp(what, "half") == 0 ? 2 : 1, width = format->width / parts, height = format->height / parts;
    const uint8_t header[] = {
        0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'A', 'V', 'I', '1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xDB, 0, 67, 0,
    };
    const uint8_t frame[] = {
        0xFF, 0xC0, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0,
        0xFF, 0xDA, 0, 12, 3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0,
    };
    struct writer writer = {.at = picture};
    memcpy(writer.at, header, sizeof header);
    memset(writer.at + sizeof header, 8, 64);
    memcpy(writer.at + sizeof header + 64, frame, sizeof frame);
    uint8_t *data = writer.at += sizeof header + 64 + sizeof frame;
    int before = 0;
    for (uint32_t y = 0; y < height; y += 8) {
        for (uint32_t x = 0; x < width; x += 16) {
            for (uint32_t column = x; column < x + 16; column += 8) {
                int luma = level(number, column < width ? column : width - 1, y, width, height) - 128;
                put_block(&writer, luma - before);
                before = luma;
            }
            put(&writer, 0, 8);         /* Two blocks without chroma. */
        }
    }
    put(&writer, 127, 7);
    size_t coded = writer.at - data;
    if (strcmp(what, "corrupt") == 0)
        memset(data + coded / 2, 0xFF, 9);
    if (strcmp(what, "cut") == 0)
        return data + coded / 2 - picture;
    if (strcmp(what, "early") == 0)
        writer.at = data + coded / 2;
    if (strcmp(what, "lost") == 0) {
        memmove(data + coded / 4, data + coded / 2, coded - coded / 2);
        writer.at -= coded / 2 - coded / 4;
    }
    *writer.at++ = 0xFF;
    *writer.at++ = 0xD9;
    return writer.at - picture;
}

/* ---- the device ---- */

static bool is_there(const struct device *device)
{
    if (device->after >= 0) {
        const struct device *before = device - 1;
        if (before->unplugged_at == 0 || now() < before->unplugged_at + device->after)
            return false;
    }
    return device->unplugged_at == 0 || now() >= device->back_at;
}

static struct device *find_device(const char *path)
{
    for (int i = 0; i < device_count; i++) {
        if (strcmp(devices[i].path, path) == 0 && is_there(&devices[i]))
            return &devices[i];
    }
    return NULL;
}

static bool is_ours(const char *path)
{
    pthread_once(&once, read_script);
    return device_count > 0 && path && strncmp(path, "/dev/video", 10) == 0;
}

static struct handle *find_handle(int fd)
{
    if (device_count == 0 || fd < 0)
        return NULL;
    for (int i = 0; i < MOST_HANDLES; i++) {
        if (handles[i].device && handles[i].fd == fd)
            return &handles[i];
    }
    return NULL;
}

static bool is_gone(const struct handle *handle) { return handle->generation != handle->device->generation; }

static int refusal_of(struct device *device, const char *request)
{
    for (int i = 0; i < device->refusal_count; i++) {
        struct refusal *refusal = &device->refusals[i];
        if (strcmp(refusal->request, request) == 0 && refusal->left != 0) {
            if (refusal->left > 0)
                refusal->left--;
            return refusal->error;
        }
    }
    return 0;
}

static struct event *event_of(struct device *device, const char *what, long number)
{
    for (int i = 0; i < device->event_count; i++) {
        struct event *event = &device->events[i];
        bool hits = event->repeats ? number > 0 && number % event->number == 0 : number == event->number;
        if (hits && (!what || strcmp(event->what, what) == 0))
            return event;
    }
    return NULL;
}

/* When the next picture comes. */
static void schedule(struct handle *handle, int64_t from)
{
    int64_t interval = INT64_C(1000000000) / (handle->device->rate ? handle->device->rate : handle->rate ? handle->rate : 30);
    if (handle->device->seconds)
        interval = handle->device->seconds * INT64_C(1000000000);
    struct event *stall = event_of(handle->device, "stall", counts.frames);
    handle->due = stall && stall->value == 0 ? NEVER : from + interval + (stall ? stall->value * MS : 0);
    /* One that begins anew does not wait again. */
    if (stall && stall->value)
        stall->number = -1;
}

static bool has_queued(const struct handle *handle)
{
    for (uint32_t i = 0; i < handle->buffer_count; i++) {
        if (handle->buffers[i].is_queued)
            return true;
    }
    return false;
}

static void free_buffers(struct handle *handle)
{
    if (handle->memory >= 0) {
        syscall(SYS_munmap, handle->base, handle->size);
        syscall(SYS_close, handle->memory);
    }
    handle->memory = -1;
    handle->buffer_count = 0;
    handle->is_streaming = false;
}

static int query_capability(struct device *device, struct v4l2_capability *capability)
{
    memset(capability, 0, sizeof *capability);
    strcpy((char *)capability->driver, "fake");
    memcpy(capability->card, device->card, sizeof capability->card);
    memcpy(capability->bus_info, device->bus, sizeof capability->bus_info);
    uint32_t kind = device->is_output ? V4L2_CAP_VIDEO_OUTPUT : device->is_mplane ? V4L2_CAP_VIDEO_CAPTURE_MPLANE : V4L2_CAP_VIDEO_CAPTURE;
    capability->device_caps = kind | V4L2_CAP_STREAMING;
    /* As of a device that has another file too. */
    capability->capabilities = capability->device_caps | V4L2_CAP_META_CAPTURE | V4L2_CAP_DEVICE_CAPS;
    return 0;
}

static uint32_t type_of(const struct device *device)
{
    return device->is_mplane ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

static int enumerate_formats(struct device *device, struct v4l2_fmtdesc *wanted)
{
    if (wanted->type != type_of(device) || device->is_output)
        return EINVAL;
    uint32_t found = 0;
    for (int i = 0; i < device->mode_count; i++) {
        bool is_first = true;
        for (int k = 0; k < i; k++)
            is_first &= device->modes[k].fourcc != device->modes[i].fourcc;
        if (is_first && found++ == wanted->index) {
            wanted->pixelformat = device->modes[i].fourcc;
            return 0;
        }
    }
    return EINVAL;
}

static int enumerate_sizes(struct device *device, struct v4l2_frmsizeenum *wanted)
{
    uint32_t found = 0;
    for (int i = 0; i < device->mode_count; i++) {
        const struct mode *mode = &device->modes[i];
        if (mode->fourcc != wanted->pixel_format || found++ != wanted->index)
            continue;
        if (mode->max_width) {
            wanted->type = V4L2_FRMSIZE_TYPE_STEPWISE;
            wanted->stepwise = (struct v4l2_frmsize_stepwise){mode->width, mode->max_width, 2, mode->height, mode->max_height, 2};
        } else {
            wanted->type = V4L2_FRMSIZE_TYPE_DISCRETE;
            wanted->discrete = (struct v4l2_frmsize_discrete){mode->width, mode->height};
        }
        return 0;
    }
    return EINVAL;
}

static bool holds(const struct mode *mode, uint32_t fourcc, uint32_t width, uint32_t height)
{
    return mode->fourcc == fourcc && (mode->max_width
        ? width >= mode->width && width <= mode->max_width && height >= mode->height && height <= mode->max_height
        : width == mode->width && height == mode->height);
}

static int enumerate_intervals(struct device *device, struct v4l2_frmivalenum *wanted)
{
    for (int i = 0; i < device->mode_count; i++) {
        const struct mode *mode = &device->modes[i];
        if (!holds(mode, wanted->pixel_format, wanted->width, wanted->height))
            continue;
        if (wanted->index >= (mode->is_range ? 1 : mode->rate_count))
            return EINVAL;
        wanted->type = mode->is_range ? V4L2_FRMIVAL_TYPE_CONTINUOUS : V4L2_FRMIVAL_TYPE_DISCRETE;
        if (mode->is_range)
            wanted->stepwise = (struct v4l2_frmival_stepwise){{1, mode->rates[1]}, {1, mode->rates[0]}, {1, 1000000}};
        else
            wanted->discrete = (struct v4l2_fract){1, mode->rates[wanted->index]};
        return 0;
    }
    return EINVAL;
}

static int enumerate(struct device *device, unsigned long request, void *argument)
{
    uint32_t *index = argument, wanted = *index;        /* The first member of all three. */
    int error;
    do {
        error = request == VIDIOC_ENUM_FMT ? enumerate_formats(device, argument)
            : request == VIDIOC_ENUM_FRAMESIZES ? enumerate_sizes(device, argument) : enumerate_intervals(device, argument);
    } while (error == EINVAL && device->is_forgetful && (*index)-- > 0);
    *index = wanted;
    return error;
}

static int set_format(struct handle *handle, struct v4l2_format *wanted)
{
    struct device *device = handle->device;
    if (wanted->type != type_of(device))
        return EINVAL;
    if (handle->buffer_count)
        return violate("S_FMT while there are buffers", EBUSY);
    uint32_t fourcc = device->is_mplane ? wanted->fmt.pix_mp.pixelformat : wanted->fmt.pix.pixelformat;
    uint32_t width = device->is_mplane ? wanted->fmt.pix_mp.width : wanted->fmt.pix.width;
    uint32_t height = device->is_mplane ? wanted->fmt.pix_mp.height : wanted->fmt.pix.height;
    const struct mode *mode = &device->modes[0];
    for (int i = device->mode_count - 1; i >= 0; i--) {
        if (holds(&device->modes[i], fourcc, width, height))
            mode = &device->modes[i];
    }
    if (!holds(mode, fourcc, width, height))
        fourcc = mode->fourcc, width = mode->width, height = mode->height;
    if (device->is_resized)
        width = device->got_width, height = device->got_height;
    if (device->got_fourcc)
        fourcc = device->got_fourcc;
    handle->mode = *mode;
    handle->rate = mode->rates[0];
    struct v4l2_pix_format format = {.width = width, .height = height, .pixelformat = fourcc, .field = V4L2_FIELD_NONE};
    format.bytesperline = device->stride ? device->stride : row_bytes(fourcc, width);
    /* Blocks of one colour take 4 bytes at most. */
    format.sizeimage = device->sizeimage ? device->sizeimage
        : row_bytes(fourcc, width) ? bytes_of(&format) : 1024 + (width / 8 + 2) * (height / 8 + 1) * 4 + device->padding;
    format.colorspace = device->colorspace;
    handle->format = format;
    if (device->is_mplane) {
        memset(&wanted->fmt.pix_mp, 0, sizeof wanted->fmt.pix_mp);
        wanted->fmt.pix_mp.width = width;
        wanted->fmt.pix_mp.height = height;
        wanted->fmt.pix_mp.pixelformat = fourcc;
        wanted->fmt.pix_mp.field = V4L2_FIELD_NONE;
        wanted->fmt.pix_mp.colorspace = format.colorspace;
        wanted->fmt.pix_mp.num_planes = 1;
        wanted->fmt.pix_mp.plane_fmt[0].bytesperline = format.bytesperline;
        wanted->fmt.pix_mp.plane_fmt[0].sizeimage = format.sizeimage;
    } else {
        format.priv = V4L2_PIX_FMT_PRIV_MAGIC;
        wanted->fmt.pix = format;
    }
    return 0;
}

static int set_rate(struct handle *handle, struct v4l2_streamparm *parameters, bool sets)
{
    if (parameters->type != type_of(handle->device))
        return EINVAL;
    if (sets && handle->is_streaming)
        return violate("S_PARM while it streams", EBUSY);
    const struct mode *mode = &handle->mode;
    if (mode->rate_count == 0)
        return ENOTTY;
    struct v4l2_fract wanted = parameters->parm.capture.timeperframe;
    if (sets && wanted.numerator) {
        double rate = (double)wanted.denominator / wanted.numerator, least = 1e30;
        for (uint32_t i = 0; i < mode->rate_count; i++) {
            double distance = rate > mode->rates[i] ? rate - mode->rates[i] : mode->rates[i] - rate;
            if (distance < least)
                least = distance, handle->rate = mode->rates[i];
        }
        if (mode->is_range && rate > mode->rates[0] && rate < mode->rates[1])
            handle->rate = (uint32_t)(rate + 0.5);
    }
    memset(&parameters->parm, 0, sizeof parameters->parm);
    parameters->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    parameters->parm.capture.timeperframe = handle->device->seconds
        ? (struct v4l2_fract){handle->device->seconds, 1} : (struct v4l2_fract){1, handle->rate};
    return 0;
}

static int request_buffers(struct handle *handle, struct v4l2_requestbuffers *wanted)
{
    if (wanted->type != type_of(handle->device) || wanted->memory != V4L2_MEMORY_MMAP)
        return EINVAL;
    for (int i = 0; i < MOST_MAPS; i++) {
        if (maps[i].memory && maps[i].fd == handle->fd)
            return violate("REQBUFS while buffers are mapped", EBUSY);
    }
    free_buffers(handle);
    if (wanted->count == 0)
        return 0;
    if (wanted->count > handle->device->buffers)
        wanted->count = handle->device->buffers;
    uint32_t length = handle->device->length ? handle->device->length : handle->format.sizeimage;
    size_t room = (length + PAGE - 1) / PAGE * PAGE;
    handle->size = room * (wanted->count ? wanted->count : 1);
    handle->memory = syscall(SYS_memfd_create, "fake_v4l2", MFD_CLOEXEC);
    if (handle->memory < 0 || ftruncate(handle->memory, handle->size) != 0)
        abort();
    handle->base = (uint8_t *)syscall(SYS_mmap, NULL, handle->size, PROT_READ | PROT_WRITE, MAP_SHARED, handle->memory, 0L);
    handle->buffer_count = wanted->count;
    for (uint32_t i = 0; i < wanted->count; i++)
        handle->buffers[i] = (struct buffer){.length = length, .offset = i * room};
    wanted->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
    return 0;
}

static int check_buffer(struct handle *handle, const struct v4l2_buffer *wanted)
{
    if (wanted->type != type_of(handle->device) || wanted->memory != V4L2_MEMORY_MMAP)
        return violate("a buffer of another type", EINVAL);
    if (handle->device->is_mplane && (!wanted->m.planes || wanted->length < 1))
        return violate("a buffer without planes", EINVAL);
    return 0;
}

static int query_buffer(struct handle *handle, struct v4l2_buffer *wanted)
{
    if (wanted->index >= handle->buffer_count)
        return EINVAL;
    const struct buffer *buffer = &handle->buffers[wanted->index];
    if (handle->device->is_mplane) {
        wanted->m.planes[0] = (struct v4l2_plane){.length = buffer->length, .m.mem_offset = buffer->offset};
        wanted->length = 1;
    } else {
        wanted->length = buffer->length;
        wanted->m.offset = buffer->offset;
    }
    return 0;
}

static int queue_buffer(struct handle *handle, struct v4l2_buffer *given)
{
    if (given->index >= handle->buffer_count)
        return violate("QBUF of a buffer that is not there", EINVAL);
    struct buffer *buffer = &handle->buffers[given->index];
    if (buffer->is_queued)
        return violate("QBUF of a queued buffer", EINVAL);
    buffer->is_queued = true;
    buffer->order = handle->orders++;
    memset(handle->base + buffer->offset, 0x5A, buffer->length < MOST_NOISE ? buffer->length : MOST_NOISE);
    counts.queued++;
    return 0;
}

static void unplug(struct device *device, long milliseconds)
{
    device->generation++;
    device->unplugged_at = now();
    device->back_at = milliseconds ? device->unplugged_at + milliseconds * MS : NEVER;
}

static int dequeue_buffer(struct handle *handle, struct v4l2_buffer *given)
{
    struct device *device = handle->device;
    if (!handle->is_streaming)
        return violate("DQBUF while it does not stream", EINVAL);
    if (now() < handle->due || !has_queued(handle))
        return EAGAIN;
    long number = counts.frames;
    const struct event *event = event_of(device, NULL, number);
    const char *what = event ? event->what : "";
    counts.frames++;
    int64_t time = device->is_realtime ? now_by(CLOCK_REALTIME) : now();
    schedule(handle, now() - handle->due < 20 * MS ? handle->due : now());
    if (strcmp(what, "unplug") == 0) {
        unplug(device, event->value);
        return ENODEV;
    }
    int error = error_of(what);
    if (error)
        return error;

    uint32_t oldest = 0;
    for (uint32_t i = 1; i < handle->buffer_count; i++) {
        const struct buffer *buffer = &handle->buffers[i], *best = &handle->buffers[oldest];
        if (buffer->is_queued && (!best->is_queued || buffer->order < best->order))
            oldest = i;
    }
    struct buffer *buffer = &handle->buffers[oldest];
    buffer->is_queued = false;
    counts.dequeued++;

    static __thread uint8_t *picture;
    static __thread size_t capacity;
    size_t needed = bytes_of(&handle->format) + handle->format.sizeimage + 4096;
    if (capacity < needed)
        picture = realloc(picture, capacity = needed);
    bool is_raw = row_bytes(handle->format.pixelformat, 1) > 0;
    size_t used = is_raw ? draw_raw(&handle->format, number, picture) : draw_jpeg(&handle->format, number, picture, what) + device->padding;
    if (strcmp(what, "short") == 0)
        used /= 2;
    if (strcmp(what, "empty") == 0)
        used = 0;
    memcpy(handle->base + buffer->offset, picture, used < buffer->length ? used : buffer->length);
    if (strcmp(what, "error") == 0)
        memset(handle->base + buffer->offset, 0x5A, used / 2 < buffer->length ? used / 2 : buffer->length);
    if (strcmp(what, "long") == 0)
        used = buffer->length + 1000;
    if (strcmp(what, "gap") == 0)
        handle->sequence += event->value;
    if (strcmp(what, "back") == 0)
        time -= event->value * MS;
    if (strcmp(what, "ahead") == 0)
        time += event->value * MS;
    given->index = strcmp(what, "index") == 0 ? 1000 : oldest;
    given->flags = (strcmp(what, "error") == 0 ? V4L2_BUF_FLAG_ERROR : 0) | (device->is_realtime ? 0 : V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC);
    given->field = V4L2_FIELD_NONE;
    given->sequence = handle->sequence++;
    given->timestamp.tv_sec = time / INT64_C(1000000000);
    given->timestamp.tv_usec = time % INT64_C(1000000000) / 1000;
    if (device->is_mplane)
        given->m.planes[0].bytesused = used, given->m.planes[0].length = buffer->length;
    else
        given->bytesused = used, given->length = buffer->length;
    if (number == report_at)
        write_counts();
    return 0;
}

static int stream(struct handle *handle, const uint32_t *type, bool on)
{
    if (*type != type_of(handle->device))
        return EINVAL;
    if (on && handle->is_streaming)
        return violate("STREAMON while it streams", EINVAL);
    if (on && handle->buffer_count == 0)
        return violate("STREAMON without buffers", EINVAL);
    handle->is_streaming = on;
    handle->sequence = 0;
    if (on)
        schedule(handle, now());
    for (uint32_t i = 0; !on && i < handle->buffer_count; i++)
        handle->buffers[i].is_queued = false;
    return 0;
}

static int answer(struct handle *handle, unsigned long request, void *argument)
{
    static const struct {
        unsigned long request;
        const char *name;
    } names[] = {
        {VIDIOC_QUERYCAP, "QUERYCAP"}, {VIDIOC_ENUM_FMT, "ENUM_FMT"}, {VIDIOC_ENUM_FRAMESIZES, "ENUM_FRAMESIZES"},
        {VIDIOC_ENUM_FRAMEINTERVALS, "ENUM_FRAMEINTERVALS"}, {VIDIOC_S_FMT, "S_FMT"}, {VIDIOC_G_PARM, "G_PARM"},
        {VIDIOC_S_PARM, "S_PARM"}, {VIDIOC_REQBUFS, "REQBUFS"}, {VIDIOC_QUERYBUF, "QUERYBUF"}, {VIDIOC_QBUF, "QBUF"},
        {VIDIOC_DQBUF, "DQBUF"}, {VIDIOC_STREAMON, "STREAMON"}, {VIDIOC_STREAMOFF, "STREAMOFF"},
    };
    if (is_gone(handle))
        return ENODEV;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int error = names[i].request == request ? refusal_of(handle->device, names[i].name) : 0;
        if (error)
            return error;
    }
    int error;
    switch (request) {
    case VIDIOC_QUERYCAP: return query_capability(handle->device, argument);
    case VIDIOC_ENUM_FMT:
    case VIDIOC_ENUM_FRAMESIZES:
    case VIDIOC_ENUM_FRAMEINTERVALS: return enumerate(handle->device, request, argument);
    case VIDIOC_S_FMT: return set_format(handle, argument);
    case VIDIOC_G_PARM: return set_rate(handle, argument, false);
    case VIDIOC_S_PARM: return set_rate(handle, argument, true);
    case VIDIOC_REQBUFS: return request_buffers(handle, argument);
    case VIDIOC_QUERYBUF: return (error = check_buffer(handle, argument)) ? error : query_buffer(handle, argument);
    case VIDIOC_QBUF: return (error = check_buffer(handle, argument)) ? error : queue_buffer(handle, argument);
    case VIDIOC_DQBUF: return (error = check_buffer(handle, argument)) ? error : dequeue_buffer(handle, argument);
    case VIDIOC_STREAMON: return stream(handle, argument, true);
    case VIDIOC_STREAMOFF: return stream(handle, argument, false);
    default: return ENOTTY;
    }
}

/* ---- what stands before the C library ---- */

static int fail(int error)
{
    errno = error;
    return -1;
}

static int open_device(const char *path)
{
    pthread_mutex_lock(&lock);
    struct device *device = find_device(path);
    int error = device ? refusal_of(device, "open") : ENOENT;
    struct handle *handle = NULL;
    for (int i = 0; i < MOST_HANDLES && !error && !handle; i++) {
        if (!handles[i].device)
            handle = &handles[i];
    }
    if (!error && !handle)
        error = EMFILE;
    int fd = -1;
    if (!error) {
        /* A descriptor that the system counts too. */
        fd = syscall(SYS_eventfd2, 0, EFD_CLOEXEC);
        *handle = (struct handle){.fd = fd, .device = device, .generation = device->generation, .memory = -1};
        counts.opens++;
        counts.descriptors++;
    }
    pthread_mutex_unlock(&lock);
    return error ? fail(error) : fd;
}

EXPORT int openat(int folder, const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    return is_ours(path) ? open_device(path) : (int)syscall(SYS_openat, folder, path, flags, mode);
}

EXPORT int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    return openat(AT_FDCWD, path, flags, mode);
}

EXPORT int open64(const char *path, int flags, ...) __attribute__((alias("open")));
EXPORT int openat64(int folder, const char *path, int flags, ...) __attribute__((alias("openat")));

EXPORT int close(int fd)
{
    pthread_mutex_lock(&lock);
    struct handle *handle = find_handle(fd);
    if (handle) {
        free_buffers(handle);
        handle->device = NULL;
        counts.closes++;
        counts.descriptors--;
    }
    pthread_mutex_unlock(&lock);
    return syscall(SYS_close, fd);
}

EXPORT int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    pthread_mutex_lock(&lock);
    struct handle *handle = find_handle(fd);
    int error = handle ? answer(handle, request, argument) : 0;
    pthread_mutex_unlock(&lock);
    return !handle ? (int)syscall(SYS_ioctl, fd, request, argument) : error ? fail(error) : 0;
}

EXPORT void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    if (device_count == 0 || fd < 0)
        return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
    pthread_mutex_lock(&lock);
    struct handle *handle = find_handle(fd);
    if (!handle) {
        pthread_mutex_unlock(&lock);
        return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
    }
    void *memory = MAP_FAILED;
    int error = is_gone(handle) ? ENODEV : refusal_of(handle->device, "mmap");
    struct map *map = NULL;
    for (int i = 0; i < MOST_MAPS && !map; i++) {
        if (!maps[i].memory)
            map = &maps[i];
        else if (maps[i].fd == fd && maps[i].offset == (size_t)offset)
            violate("a buffer is mapped twice", 0);
    }
    bool fits = false;
    for (uint32_t i = 0; i < handle->buffer_count; i++)
        fits |= handle->buffers[i].offset == (size_t)offset && handle->buffers[i].length == length;
    if (!error && !fits)
        error = violate("mmap of what is no buffer", EINVAL);
    if (!error && map) {
        memory = (void *)syscall(SYS_mmap, address, length, protection, flags, handle->memory, offset);
        *map = (struct map){memory, length, offset, fd};
        counts.mmaps++;
        counts.buffers++;
    }
    pthread_mutex_unlock(&lock);
    if (error)
        errno = error;
    return memory;
}

EXPORT void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset) __attribute__((alias("mmap")));

EXPORT int munmap(void *memory, size_t length)
{
    if (counts.buffers > 0) {
        pthread_mutex_lock(&lock);
        for (int i = 0; i < MOST_MAPS; i++) {
            if (maps[i].memory != memory || !memory)
                continue;
            if (maps[i].length != length)
                violate("munmap of a part of a buffer", 0);
            maps[i].memory = NULL;
            counts.munmaps++;
            counts.buffers--;
        }
        pthread_mutex_unlock(&lock);
    }
    return syscall(SYS_munmap, memory, length);
}

static void sleep_until(int64_t time)
{
    struct timespec until = {time / INT64_C(1000000000), time % INT64_C(1000000000)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

EXPORT int poll(struct pollfd *polled, nfds_t count, int timeout)
{
    pthread_mutex_lock(&lock);
    struct handle *handle = count == 1 ? find_handle(polled[0].fd) : NULL;
    int64_t due = handle ? handle->due : 0, end = now() + timeout * MS;
    bool is_ready = handle && (is_gone(handle) || !handle->is_streaming || !has_queued(handle));
    int error = handle ? refusal_of(handle->device, "poll") : 0;
    pthread_mutex_unlock(&lock);
    if (!handle)
        return syscall(SYS_poll, polled, count, timeout);
    if (error)
        return fail(error);
    polled[0].revents = 0;
    if (is_ready) {
        polled[0].revents = POLLERR;
        return 1;
    }
    if (timeout >= 0 && due > end) {
        sleep_until(end);
        return 0;
    }
    sleep_until(due);
    polled[0].revents = POLLIN;
    return 1;
}

EXPORT int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict result)
{
    if (!is_ours(path))
        return syscall(SYS_statx, folder, path, flags, mask, result);
    pthread_mutex_lock(&lock);
    const struct device *device = find_device(path);
    pthread_mutex_unlock(&lock);
    if (!device)
        return fail(ENOENT);
    memset(result, 0, sizeof *result);
    result->stx_mask = STATX_GID;
    return 0;
}
