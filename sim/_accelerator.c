/* Compiled twins of what a run makes and draws most: random streams, samplers of latency, and message envelopes.

   Each gives the same bits as the Python class of the same name (sim/randomness.py, sim/network/latency.py,
   sim/message.py), which says what it means. Floating-point operations therefore come in the same order, and must not
   be contracted to fused ones (-ffp-contract=off); functions of libm are those that the math module calls. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <structmember.h>

#ifndef __SIZEOF_INT128__
#error "the accelerator needs a compiler with 128-bit integers; Murmur works without it"
#endif

typedef unsigned __int128 wide;

#define MULTIPLIER 0xDA942042E4DD58B5ULL
#define UNIT (1.0 / 9007199254740992.0)
#define TWO_PI (2.0 * 3.141592653589793)
#define EXACT_LONG_LONG 9.0e18

/* Stream. The state is kept as two halves, so that it is copied and pickled as slots of Python are. */

typedef struct {
    PyObject_HEAD
    unsigned long long high;
    unsigned long long low;
} Stream;

static PyTypeObject StreamType;

static inline wide
advance(Stream *stream)
{
    wide state = ((wide)stream->high << 64 | stream->low) * MULTIPLIER;
    stream->high = (unsigned long long)(state >> 64);
    stream->low = (unsigned long long)state;
    return state;
}

static inline double
unit_draw(Stream *stream)
{
    return (double)(advance(stream) >> 75) * UNIT;
}

/* The upper bits of state * bound, which are uniform below the bound. */
static inline unsigned long long
scaled(wide state, unsigned long long bound)
{
    wide low = (wide)(unsigned long long)state * bound;
    wide high = (state >> 64) * bound;
    return (unsigned long long)((high + (low >> 64)) >> 64);
}

static PyObject *
integer_from(wide value)
{
    PyObject *high = PyLong_FromUnsignedLongLong((unsigned long long)(value >> 64));
    PyObject *low = PyLong_FromUnsignedLongLong((unsigned long long)value);
    PyObject *width = PyLong_FromLong(64);
    PyObject *raised = high && width ? PyNumber_Lshift(high, width) : NULL;
    PyObject *result = raised && low ? PyNumber_Or(raised, low) : NULL;
    Py_XDECREF(high);
    Py_XDECREF(low);
    Py_XDECREF(width);
    Py_XDECREF(raised);
    return result;
}

/* The lowest 128 bits of an integer, and what is above them (-1 for an error, else 0 or 1: something or nothing). */
static int
split_integer(PyObject *value, wide *lowest)
{
    PyObject *width = PyLong_FromLong(64);
    PyObject *high = width ? PyNumber_Rshift(value, width) : NULL;
    PyObject *above = high ? PyNumber_Rshift(high, width) : NULL;
    int beyond = above ? PyObject_IsTrue(above) : -1;
    if (beyond >= 0) {
        *lowest = (wide)PyLong_AsUnsignedLongLongMask(high) << 64 | PyLong_AsUnsignedLongLongMask(value);
    }
    Py_XDECREF(width);
    Py_XDECREF(high);
    Py_XDECREF(above);
    return beyond;
}

static int
stream_init(Stream *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"seed", NULL};
    PyObject *seed;
    wide state = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!:Stream", names, &PyLong_Type, &seed)
        || split_integer(seed, &state) < 0) {
        return -1;
    }
    self->high = (unsigned long long)(state >> 64);
    self->low = (unsigned long long)state | 1;
    return 0;
}

static PyObject *
stream_get_state(Stream *self, void *closure)
{
    (void)closure;
    return integer_from((wide)self->high << 64 | self->low);
}

static int
stream_set_state(Stream *self, PyObject *value, void *closure)
{
    wide state = 0;
    (void)closure;
    if (value == NULL || !PyLong_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "the state of a stream is an integer");
        return -1;
    }
    int beyond = split_integer(value, &state);
    if (beyond < 0) {
        return -1;
    }
    if (beyond) {
        PyErr_SetString(PyExc_ValueError, "the state of a stream has 128 bits");
        return -1;
    }
    self->high = (unsigned long long)(state >> 64);
    self->low = (unsigned long long)state;
    return 0;
}

static PyObject *
stream_random(Stream *self, PyObject *nothing)
{
    (void)nothing;
    return PyFloat_FromDouble(unit_draw(self));
}

static PyObject *
stream_bits(Stream *self, PyObject *argument)
{
    long number = PyLong_AsLong(argument);
    if (number == -1 && PyErr_Occurred()) {
        return NULL;
    }
    if (number < 1 || number > 64) {
        PyErr_Format(PyExc_AssertionError, "%ld bits asked for: a draw has 1 to 64", number);
        return NULL;
    }
    return PyLong_FromUnsignedLongLong((unsigned long long)(advance(self) >> (128 - number)));
}

/* state * bound >> 128 in Python's own arithmetic: bounds of any size and type. */
static PyObject *
scaled_object(wide state, PyObject *bound)
{
    PyObject *whole = integer_from(state);
    PyObject *product = whole ? PyNumber_Multiply(whole, bound) : NULL;
    PyObject *width = PyLong_FromLong(128);
    PyObject *result = product && width ? PyNumber_Rshift(product, width) : NULL;
    Py_XDECREF(whole);
    Py_XDECREF(product);
    Py_XDECREF(width);
    return result;
}

static PyObject *
stream_below(Stream *self, PyObject *bound)
{
    wide state = advance(self);
    if (PyLong_CheckExact(bound)) {
        int overflow;
        long long small = PyLong_AsLongLongAndOverflow(bound, &overflow);
        if (!overflow && small >= 0) {
            return PyLong_FromUnsignedLongLong(scaled(state, (unsigned long long)small));
        }
    }
    return scaled_object(state, bound);
}

static PyObject *
stream_choice(Stream *self, PyObject *items)
{
    wide state = advance(self);
    Py_ssize_t length = PyObject_Size(items);
    if (length < 0) {
        return NULL;
    }
    Py_ssize_t index = (Py_ssize_t)scaled(state, (unsigned long long)length);
    if (PyTuple_CheckExact(items) && length) {
        return Py_NewRef(PyTuple_GET_ITEM(items, index));
    }
    PyObject *number = PyLong_FromSsize_t(index);
    PyObject *chosen = number ? PyObject_GetItem(items, number) : NULL;
    Py_XDECREF(number);
    return chosen;
}

static PyObject *
stream_bernoulli(Stream *self, PyObject *probability)
{
    double draw = unit_draw(self);
    if (PyFloat_CheckExact(probability)) {
        return PyBool_FromLong(draw < PyFloat_AS_DOUBLE(probability));
    }
    PyObject *number = PyFloat_FromDouble(draw);
    PyObject *result = number ? PyObject_RichCompare(number, probability, Py_LT) : NULL;
    Py_XDECREF(number);
    return result;
}

static PyObject *
stream_uniform(Stream *self, PyObject *const *bounds, Py_ssize_t count)
{
    if (count != 2) {
        return PyErr_Format(PyExc_TypeError, "uniform() takes 2 positional arguments, low and high, not %zd", count);
    }
    if (PyFloat_CheckExact(bounds[0]) && PyFloat_CheckExact(bounds[1])) {
        double low = PyFloat_AS_DOUBLE(bounds[0]);
        return PyFloat_FromDouble(low + (PyFloat_AS_DOUBLE(bounds[1]) - low) * unit_draw(self));
    }
    PyObject *span = PyNumber_Subtract(bounds[1], bounds[0]);
    PyObject *draw = span ? PyFloat_FromDouble(unit_draw(self)) : NULL;
    PyObject *share = draw ? PyNumber_Multiply(span, draw) : NULL;
    PyObject *result = share ? PyNumber_Add(bounds[0], share) : NULL;
    Py_XDECREF(span);
    Py_XDECREF(draw);
    Py_XDECREF(share);
    return result;
}

static PyObject *
stream_exponential(Stream *self, PyObject *mean)
{
    if (PyFloat_CheckExact(mean)) {
        return PyFloat_FromDouble(-PyFloat_AS_DOUBLE(mean) * log(1.0 - unit_draw(self)));
    }
    PyObject *negative = PyNumber_Negative(mean);
    PyObject *logarithm = negative ? PyFloat_FromDouble(log(1.0 - unit_draw(self))) : NULL;
    PyObject *result = logarithm ? PyNumber_Multiply(negative, logarithm) : NULL;
    Py_XDECREF(negative);
    Py_XDECREF(logarithm);
    return result;
}

static PyMethodDef stream_methods[] = {
    {"random", (PyCFunction)stream_random, METH_NOARGS, "Uniform on [0, 1), a multiple of 2**-53."},
    {"bits", (PyCFunction)stream_bits, METH_O, "A uniform integer of that many bits, at most 64."},
    {"below", (PyCFunction)stream_below, METH_O, "A uniform integer from 0 to bound - 1; the bound is at least 1."},
    {"bernoulli", (PyCFunction)stream_bernoulli, METH_O, "True with the given probability."},
    {"uniform", (PyCFunction)(void (*)(void))stream_uniform, METH_FASTCALL, "Uniform on [low, high)."},
    {"exponential", (PyCFunction)stream_exponential, METH_O, "Exponential with the given mean."},
    {"choice", (PyCFunction)stream_choice, METH_O, "One of the items, each as likely."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef stream_properties[] = {
    {"state", (getter)stream_get_state, (setter)stream_set_state, "The generator itself, odd, of 128 bits.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef stream_members[] = {
    {"_high", T_ULONGLONG, offsetof(Stream, high), 0, NULL},
    {"_low", T_ULONGLONG, offsetof(Stream, low), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject StreamType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "sim._accelerator.Stream",
    .tp_doc = "The numeric core of a random stream, started at a seed.",
    .tp_basicsize = sizeof(Stream),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)stream_init,
    .tp_methods = stream_methods,
    .tp_members = stream_members,
    .tp_getset = stream_properties,
};

/* Sampler: draws one delay in whole nanoseconds from a stream. `a`, `b` are the parameters of its distribution. */

typedef struct Sampler {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    double (*draw)(const struct Sampler *, Stream *);
    double a;
    double b;
    long long minimum;
} Sampler;

static PyTypeObject SamplerType;

static double
draw_exponential(const Sampler *sampler, Stream *stream)
{
    return sampler->b - sampler->a * log((double)advance(stream));
}

static double
draw_lognormal(const Sampler *sampler, Stream *stream)
{
    double radius = sqrt(-2.0 * log(1.0 - unit_draw(stream)));
    return sampler->a * exp(sampler->b * radius * cos(TWO_PI * unit_draw(stream)));
}

static PyObject *
sampler_call(PyObject *callable, PyObject *const *arguments, size_t flags, PyObject *names)
{
    Sampler *self = (Sampler *)callable;
    if (PyVectorcall_NARGS(flags) != 1 || names != NULL || !PyObject_TypeCheck(arguments[0], &StreamType)) {
        PyErr_SetString(PyExc_TypeError, "a sampler takes one stream");
        return NULL;
    }
    double delay = self->draw(self, (Stream *)arguments[0]);
    if (fabs(delay) < EXACT_LONG_LONG) {
        long long sum;
        if (!__builtin_add_overflow((long long)delay, self->minimum, &sum)) {
            return PyLong_FromLongLong(sum);
        }
    }
    PyObject *whole = PyLong_FromDouble(delay);
    PyObject *minimum = PyLong_FromLongLong(self->minimum);
    PyObject *result = whole && minimum ? PyNumber_Add(minimum, whole) : NULL;
    Py_XDECREF(whole);
    Py_XDECREF(minimum);
    return result;
}

static PyTypeObject SamplerType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "sim._accelerator.Sampler",
    .tp_doc = "Draws one delay in nanoseconds from a stream.",
    .tp_basicsize = sizeof(Sampler),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_vectorcall_offset = offsetof(Sampler, vectorcall),
    .tp_call = PyVectorcall_Call,
};

static PyObject *
new_sampler(double (*draw)(const Sampler *, Stream *), double a, double b, long long minimum)
{
    Sampler *sampler = PyObject_New(Sampler, &SamplerType);
    if (sampler != NULL) {
        sampler->vectorcall = sampler_call;
        sampler->draw = draw;
        sampler->a = a;
        sampler->b = b;
        sampler->minimum = minimum;
    }
    return (PyObject *)sampler;
}

static PyObject *
exponential_sampler(PyObject *module, PyObject *args)
{
    double mean, most;
    (void)module;
    return PyArg_ParseTuple(args, "dd:exponential_sampler", &mean, &most)
        ? new_sampler(draw_exponential, mean, most, 0) : NULL;
}

static PyObject *
lognormal_sampler(PyObject *module, PyObject *args)
{
    double median, sigma;
    long long minimum;
    (void)module;
    return PyArg_ParseTuple(args, "ddL:lognormal_sampler", &median, &sigma, &minimum)
        ? new_sampler(draw_lognormal, median, sigma, minimum) : NULL;
}

/* Message. Nothing but six references, so that it is copied and pickled as slots of Python are. */

enum { SOURCE, DESTINATION, PAYLOAD, SENT_AT, SIZE, CODE, FIELDS };

typedef struct {
    PyObject_HEAD
    PyObject *field[FIELDS];
} Message;

static PyTypeObject MessageType;

static PyObject *
message_vectorcall(PyObject *type, PyObject *const *arguments, size_t flags, PyObject *names)
{
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    if (count != FIELDS || names != NULL) {
        PyObject *kwargs = names ? PyDict_New() : NULL;
        PyObject *args = names && !kwargs ? NULL : PyTuple_New(count);
        PyObject *result = NULL;
        for (Py_ssize_t i = 0; args && i < count; i++) {
            PyTuple_SET_ITEM(args, i, Py_NewRef(arguments[i]));
        }
        for (Py_ssize_t i = 0; args && names && i < PyTuple_GET_SIZE(names); i++) {
            if (PyDict_SetItem(kwargs, PyTuple_GET_ITEM(names, i), arguments[count + i]) < 0) {
                Py_CLEAR(args);
            }
        }
        if (args) {
            result = PyType_Type.tp_call(type, args, kwargs);
        }
        Py_XDECREF(args);
        Py_XDECREF(kwargs);
        return result;
    }
    Message *self = PyObject_GC_New(Message, &MessageType);
    if (self == NULL) {
        return NULL;
    }
    for (int i = 0; i < FIELDS; i++) {
        self->field[i] = Py_NewRef(arguments[i]);
    }
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

static int
message_init(Message *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"source", "destination", "payload", "sent_at", "size", "code", NULL};
    PyObject *given[FIELDS];
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOOOO:Message", names, &given[SOURCE], &given[DESTINATION],
                                     &given[PAYLOAD], &given[SENT_AT], &given[SIZE], &given[CODE])) {
        return -1;
    }
    for (int i = 0; i < FIELDS; i++) {
        PyObject *earlier = self->field[i];
        self->field[i] = Py_NewRef(given[i]);
        Py_XDECREF(earlier);
    }
    return 0;
}

static int
message_traverse(Message *self, visitproc visit, void *arg)
{
    for (int i = 0; i < FIELDS; i++) {
        Py_VISIT(self->field[i]);
    }
    return 0;
}

static int
message_clear(Message *self)
{
    for (int i = 0; i < FIELDS; i++) {
        Py_CLEAR(self->field[i]);
    }
    return 0;
}

static void
message_dealloc(Message *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, message_dealloc)
    for (int i = 0; i < FIELDS; i++) {
        Py_XDECREF(self->field[i]);
    }
    Py_TYPE(self)->tp_free((PyObject *)self);
    Py_TRASHCAN_END
}

static PyObject *
message_kind(Message *self, void *closure)
{
    (void)closure;
    if (self->field[PAYLOAD] == NULL) {
        PyErr_SetString(PyExc_AttributeError, "payload");
        return NULL;
    }
    return PyType_GetName(Py_TYPE(self->field[PAYLOAD]));
}

static PyObject *
message_repr(Message *self)
{
    for (int i = 0; i < FIELDS; i++) {
        if (self->field[i] == NULL) {
            PyErr_SetString(PyExc_AttributeError, "the message is not complete");
            return NULL;
        }
    }
    return PyUnicode_FromFormat("Message(%S%s%S, %R, sent_at=%S)", self->field[SOURCE], "\xe2\x86\x92",
                                self->field[DESTINATION], self->field[PAYLOAD], self->field[SENT_AT]);
}

#define FIELD(name, number) {name, T_OBJECT_EX, offsetof(Message, field) + (number) * sizeof(PyObject *), 0, NULL}

static PyMemberDef message_members[] = {
    FIELD("source", SOURCE),
    FIELD("destination", DESTINATION),
    FIELD("payload", PAYLOAD),
    FIELD("sent_at", SENT_AT),
    FIELD("size", SIZE),
    FIELD("code", CODE),
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef message_properties[] = {
    {"kind", (getter)message_kind, NULL, "The name of the payload's class.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject MessageType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "sim.message.Message",
    .tp_doc = "A payload on its way: source and destination node, time of sending (true nanoseconds), size in bytes.",
    .tp_basicsize = sizeof(Message),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)message_init,
    .tp_vectorcall = message_vectorcall,
    .tp_dealloc = (destructor)message_dealloc,
    .tp_traverse = (traverseproc)message_traverse,
    .tp_clear = (inquiry)message_clear,
    .tp_repr = (reprfunc)message_repr,
    .tp_members = message_members,
    .tp_getset = message_properties,
};

static PyMethodDef functions[] = {
    {"exponential_sampler", exponential_sampler, METH_VARARGS, "A sampler of int(most - mean * log(state))."},
    {"lognormal_sampler", lognormal_sampler, METH_VARARGS, "A sampler of minimum + int(lognormal(median, sigma))."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "sim._accelerator",
    .m_doc = "Compiled twins of streams, samplers and messages.",
    .m_size = -1,
    .m_methods = functions,
};

/* Add a type to the module with the names of its slots, from which the copy protocol knows what an instance holds. */
static int
add_type(PyObject *module, const char *name, PyTypeObject *type)
{
    if (PyType_Ready(type) < 0) {
        return -1;
    }
    PyObject *slots = PyList_New(0);
    for (PyMemberDef *member = type->tp_members; slots && member && member->name; member++) {
        PyObject *slot = PyUnicode_FromString(member->name);
        if (slot == NULL || PyList_Append(slots, slot) < 0) {
            Py_CLEAR(slots);
        }
        Py_XDECREF(slot);
    }
    PyObject *frozen = slots ? PyList_AsTuple(slots) : NULL;
    int failed = !frozen || PyDict_SetItemString(type->tp_dict, "__slots__", frozen) < 0;
    Py_XDECREF(slots);
    Py_XDECREF(frozen);
    PyType_Modified(type);
    return failed ? -1 : PyModule_AddObjectRef(module, name, (PyObject *)type);
}

PyMODINIT_FUNC
PyInit__accelerator(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module && (PyType_Ready(&SamplerType) < 0 || add_type(module, "Stream", &StreamType) < 0
                   || add_type(module, "Message", &MessageType) < 0)) {
        Py_CLEAR(module);
    }
    return module;
}
